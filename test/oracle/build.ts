/** The stages of a network with their initial tensors (docs/numerics.md, sections 3, 5 and 7). */
import { f32 } from './arithmetic.js';
import { type LookUpLayer, tablesOf } from './embedding.js';
import { layerNormalizationStage } from './layer-normalization.js';
import type { DenseLayer, NetworkRecipe, OtherLayer, RecipeLayer } from './network.js';
import { initialState, type Parameter, stateNames } from './optimizers.js';
import { type Initializer, initialize, openStream, streamNumber } from './random.js';
import {
  activationStage,
  batchNormalizationStage,
  denseStage,
  dropoutStage,
  lookUpStage,
  noiseStage,
  noted,
  residualStage,
  type Stage,
} from './stages.js';

type Rules = Pick<Parameter, 'regularizer' | 'constraint'>;

export function stagesOf(recipe: NetworkRecipe): Stage[] {
  return new Builder(recipe).stages;
}

class Builder {
  stages: Stage[] = [];
  readonly #recipe: NetworkRecipe;
  readonly #counts = new Map<string, number>();
  #units: number;

  constructor(recipe: NetworkRecipe) {
    this.#recipe = recipe;
    this.#units = recipe.inputs;
    if (recipe.lookUp !== undefined) this.#addLookUp(recipe.lookUp);
    this.#addAll(recipe.layers);
  }

  #addAll(layers: readonly RecipeLayer[]): void {
    for (const layer of layers) {
      if (layer.kind === undefined) this.#addDense(layer);
      else if (layer.kind === 'residual') this.#addBlock(this.#name('residual', layer.name), layer.layers);
      else this.#addOther(layer);
    }
  }

  #addBlock(name: string, layers: readonly RecipeLayer[]): void {
    const before = this.stages;
    const units = this.#units;
    this.stages = [];
    this.#addAll(layers);
    const block = residualStage(this.stages, units);
    this.stages = before;
    this.#add(name, block);
  }

  #add(name: string, stage: Stage): void {
    this.stages.push(noted(name, stage));
    this.#units = stage.units;
  }

  /** The given name, or the kind's with a number. */
  #name(prefix: string, given: string | undefined): string {
    const count = (this.#counts.get(prefix) ?? 0) + 1;
    this.#counts.set(prefix, count);
    return given ?? `${prefix}_${count}`;
  }

  #parameter(name: string, shape: number[], values: Float32Array, rules: Rules = {}): Parameter {
    const { optimizer } = this.#recipe;
    const initial = (slot: string): Float32Array =>
      slot === 'average' ? values.slice() : new Float32Array(values.length).fill(initialState(optimizer));
    const state = stateNames(optimizer).map((slot) => [slot, initial(slot)]);
    return { name, shape, values, state: Object.fromEntries(state), ...rules };
  }

  #drawn(
    name: string,
    shape: number[],
    initializer: Initializer,
    fans: [number, number],
    rules: Rules = {},
  ): Parameter {
    const { seed, seeds, generator } = this.#recipe;
    const count = shape.reduce((product, size) => product * size, 1);
    const draw = openStream({ seed: seeds?.weights ?? seed, generator }, `init/${name}`, 0);
    return this.#parameter(name, shape, initialize(initializer, draw, count, ...fans), rules);
  }

  #addLookUp(layer: LookUpLayer): void {
    const { tables, columns } = tablesOf(layer, this.#recipe.inputs);
    const tensors = tables.map(({ name, categories, units }) => {
      const shape: [number, number] = [categories, units];
      return { ...this.#drawn(name, shape, layer.embeddingsInitializer, shape), categories, units };
    });
    this.#add(layer.name ?? `${layer.kind}_1`, lookUpStage(columns, tensors));
  }

  #addDense(layer: DenseLayer): void {
    if (layer.dropout !== undefined) this.#addOther({ kind: 'dropout', ...layer.dropout });
    const inputs = this.#units;
    const { units } = layer;
    const name = this.#name('dense', layer.name);
    const ofKernel = { regularizer: layer.kernelRegularizer, constraint: layer.kernelConstraint };
    const ofBias = { regularizer: layer.biasRegularizer, constraint: layer.biasConstraint };
    const fans: [number, number] = [inputs, units];
    const kernel = this.#drawn(`${name}/kernel`, fans, layer.kernelInitializer, fans, ofKernel);
    const bias = layer.useBias
      ? this.#drawn(`${name}/bias`, [units], layer.biasInitializer, [units, units], ofBias)
      : null;
    this.#add(`${name}/product`, denseStage(inputs, kernel, bias, units));
    this.#add(name, activationStage(units, layer.activation));
  }

  #addOther(layer: Exclude<OtherLayer, { kind: 'residual' }>): void {
    const { seed, seeds } = this.#recipe;
    const units = this.#units;
    if (layer.kind === 'activation') {
      this.#add(this.#name(layer.kind, undefined), activationStage(units, layer.activation));
    } else if (layer.kind === 'dropout') {
      const name = this.#name(layer.kind, layer.name);
      const stream = streamNumber(`dropout/${name}`);
      this.#add(name, dropoutStage(units, { seed: layer.seed ?? seeds?.dropout ?? seed, stream, rate: layer.rate }));
    } else if (layer.kind === 'gaussianNoise') {
      const name = this.#name(layer.kind, layer.name);
      const stream = streamNumber(`gaussianNoise/${name}`);
      this.#add(name, noiseStage(units, { seed: layer.seed ?? seeds?.noise ?? seed, stream, stddev: layer.stddev }));
    } else {
      const name = this.#name(layer.kind, layer.name);
      const tensor = (kind: string, value: number) =>
        this.#parameter(`${name}/${kind}`, [units], new Float32Array(units).fill(f32(value)));
      const state = (kind: string, value: number) => ({ ...tensor(kind, value), state: {} });
      const { epsilon } = layer;
      const gamma = layer.scale ? tensor('gamma', 1) : null;
      const beta = layer.center ? tensor('beta', 0) : null;
      if (layer.kind === 'layerNormalization') {
        this.#add(name, layerNormalizationStage(units, { epsilon, gamma, beta }));
        return;
      }
      this.#add(
        name,
        batchNormalizationStage(units, {
          momentum: layer.momentum,
          epsilon,
          gamma,
          beta,
          movingMean: state('movingMean', 0),
          movingVariance: state('movingVariance', 1),
        }),
      );
    }
  }
}
