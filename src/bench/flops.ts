/** Floating-point operations of the work, counted once for everybody: products only, a fused multiply-add is two. */

/** Of a product [rows, inputs] · [inputs, units], or of any of its two gradients. */
export function productFlops(rows: number, inputs: number, units: number): number {
  return 2 * rows * inputs * units;
}

/**
 * Of a row's way forward through dense layers.
 *
 * @param sizes Columns of the data, then the units of each layer.
 */
export function predictionFlops(sizes: readonly number[]): number {
  return sizes.slice(1).reduce((sum, units, index) => sum + productFlops(1, sizes[index], units), 0);
}

/**
 * Of a row in a training step: forward, weight gradients, and input gradients without the first layer's, which nobody
 * needs. Activations, loss and optimizer are not counted: time for them is time lost.
 */
export function trainingFlops(sizes: readonly number[]): number {
  return 3 * predictionFlops(sizes) - productFlops(1, sizes[0], sizes[1]);
}
