/** Activations of the hidden relu layers of a model, from its weights: layer by layer, on networks that only predict. */
import type { FlatTensor } from '../../compare/trainee.js';
import type { Matrix } from '../../data/matrix.js';
import { denseLayers, type NamedDenseLayer, rescalingLayer } from '../../model/description.js';
import type { Recipe } from '../../model/recipe.js';
import type { NativeNetwork } from '../../native/addon.js';
import { createNetwork, type Hardware } from '../../train/network.js';
import type { LayerActivations } from '../measures/relu-events.js';

interface Step {
  readonly layer: NamedDenseLayer;
  readonly network: NativeNetwork;
  readonly tensors: readonly FlatTensor[];
}

export class ReluProbe {
  readonly #rows: Matrix;
  readonly #threads: number;
  readonly #steps: readonly Step[];

  /**
   * @param rows Inputs of the model.
   * @param tensors Where each weight lies in the arrays that {@link of} is given.
   */
  constructor(
    recipe: Recipe,
    rows: Matrix,
    tensors: readonly FlatTensor[],
    { threads, ...hardware }: Hardware & { readonly threads: number },
  ) {
    this.#rows = rows;
    this.#threads = threads;
    const all = denseLayers(recipe.model);
    const hidden = all.slice(0, 1 + all.findLastIndex((layer, i) => layer.activation === 'relu' && i < all.length - 1));
    const rescaling = rescalingLayer(recipe.model);
    this.#steps = hidden.map((layer, i) => {
      const inputs = i === 0 ? rows.columns : all[i - 1].units;
      const layers = i === 0 && rescaling !== null ? [rescaling, layer] : [layer];
      const network = createNetwork({ ...recipe, model: { ...recipe.model, layers } }, inputs, hardware, null);
      return { layer, network, tensors: tensors.filter((tensor) => tensor.layer === i) };
    });
  }

  /** Activations with these weights: all tensors, one after the other. */
  async of(weights: Float32Array): Promise<readonly LayerActivations[]> {
    const found: LayerActivations[] = [];
    let x = this.#rows.data;
    for (const { layer, network, tensors } of this.#steps) {
      for (const { kind, offset, size } of tensors) {
        network.setParameter(0, kind, 0, weights.slice(offset, offset + size));
      }
      const { rows } = this.#rows;
      const data = await network.predict({ x, rows, threads: this.#threads });
      if (layer.activation === 'relu') {
        found.push({ layer: layer.name, activations: { data, rows, columns: layer.units } });
      }
      x = data;
    }
    return found;
  }

  dispose(): void {
    for (const { network } of this.#steps) network.dispose();
  }
}
