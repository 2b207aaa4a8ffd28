/** Layer normalization (docs/numerics.md, section 3). */
import { add, div, f32, fma, mul, sqrt, sub } from './arithmetic.js';
import type { Parameter } from './optimizers.js';
import { normalized, type Stage, type Training } from './stages.js';
import { vectorDot, vectorSum } from './sums.js';

export interface LayerNormalization {
  readonly epsilon: number;
  readonly gamma: Parameter | null;
  readonly beta: Parameter | null;
}

export function layerNormalizationStage(units: number, { epsilon, gamma, beta }: LayerNormalization): Stage {
  const u = f32(1 / units);
  const rowOf = (matrix: Float32Array, i: number) => matrix.subarray(i * units, (i + 1) * units);
  return {
    units,
    parameters: [gamma, beta].filter((each) => each !== null),
    pass(x, rows, training) {
      const h = new Float32Array(x.length);
      const inverses: number[] = [];
      for (let i = 0; i < rows; i++) {
        const mean = mul(vectorSum(rowOf(x, i)), u);
        const away = rowOf(x, i).map((value) => sub(value, mean));
        inverses[i] = div(1, sqrt(add(mul(vectorDot(away, away), u), f32(epsilon))));
        rowOf(h, i).set(away.map((value) => mul(value, inverses[i])));
      }
      return {
        y: h.map((value, at) => normalized(value, gamma?.values[at % units], beta?.values[at % units])),
        statistics: Float32Array.from(inverses),
        back(dy) {
          const { gradients, rowSum } = training as Training;
          const sums = (next: (acc: number, at: number) => number) =>
            Float32Array.from({ length: units }, (_, j) => rowSum(rows, (acc, i) => next(acc, i * units + j)));
          if (gamma !== null)
            gradients.set(
              gamma,
              sums((acc, at) => fma(h[at], dy[at], acc)),
            );
          if (beta !== null)
            gradients.set(
              beta,
              sums((acc, at) => add(acc, dy[at])),
            );
          const g = gamma === null ? dy : dy.map((d, at) => mul(gamma.values[at % units], d));
          const dx = new Float32Array(x.length);
          for (let i = 0; i < rows; i++) {
            const shift = mul(vectorSum(rowOf(g, i)), u);
            const slope = mul(vectorDot(rowOf(h, i), rowOf(g, i)), u);
            rowOf(dx, i).set(rowOf(g, i).map((d, j) => mul(inverses[i], fma(-rowOf(h, i)[j], slope, sub(d, shift)))));
          }
          return dx;
        },
      };
    },
  };
}
