/**
 * Activations of the hidden relu layers of a model, from its weights: layer by layer, on networks that only predict. Of models
 * with other layers than dense ones and dropout there are none.
 */
import type { FlatTensor } from '../../compare/trainee.js';
import type { Matrix } from '../../data/matrix.js';
import {
  denseLayers,
  isPlainStack,
  lookUpLayer,
  type NamedDenseLayer,
  parametersOf,
  rescalingLayer,
} from '../../model/description.js';
import type { Recipe } from '../../model/recipe.js';
import type { NativeNetwork } from '../../native/network.js';
import { createNetwork, type Hardware } from '../../train/network.js';
import type { LayerActivations } from '../measures/relu-events.js';

interface Step {
  readonly layer: NamedDenseLayer;
  readonly network: NativeNetwork;
  /** What the first tensor of the network is called in the model's count. */
  readonly firstTensor: number;
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
    const all = isPlainStack(recipe.model) ? denseLayers(recipe.model) : [];
    const hidden = all.slice(0, 1 + all.findLastIndex((layer, i) => layer.activation === 'relu' && i < all.length - 1));
    const first = rescalingLayer(recipe.model) ?? lookUpLayer(recipe.model);
    const tables = parametersOf(recipe.model, 1).filter(({ kind }) => kind === 'embeddings').length;
    this.#steps = hidden.map((layer, i) => {
      const inputs = i === 0 ? rows.columns : all[i - 1].units;
      const layers = i === 0 && first !== null ? [first, layer] : [layer];
      const network = createNetwork({ ...recipe, model: { ...recipe.model, layers } }, inputs, hardware, null);
      const firstTensor = i === 0 ? 0 : tables + i;
      const own = tensors.filter((tensor) => tensor.layer >= firstTensor && tensor.layer <= tables + i);
      return { layer, network, firstTensor, tensors: own };
    });
  }

  /** Activations with these weights: all tensors, one after the other. */
  async of(weights: Float32Array): Promise<readonly LayerActivations[]> {
    const found: LayerActivations[] = [];
    let x = this.#rows.data;
    for (const { layer, network, firstTensor, tensors } of this.#steps) {
      for (const { layer: tensorLayer, kind, offset, size } of tensors) {
        network.setParameter(tensorLayer - firstTensor, kind, 0, weights.slice(offset, offset + size));
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
