/** A step's way through the network and back, operation by operation, from the state before it. */
import { gradientTakesLogits } from '../../model/activations.js';
import {
  denseLayers,
  dropoutStream,
  dropoutsOf,
  isPlainStack,
  lookUpLayer,
  type NamedLookUpLayer,
  rescalingLayer,
} from '../../model/description.js';
import { lookedUpColumns, lookedUpUnits, tablesOf } from '../../model/embeddings.js';
import { lossRules } from '../../model/losses.js';
import type { Recipe } from '../../model/recipe.js';
import { factorsOf, type Regularizer } from '../../model/regularizers.js';
import { seedOf } from '../../model/seeds.js';
import { seedKey, streamNumber } from '../../random/seed.js';
import type { ComparedRows } from '../data.js';
import { batchOf, type StepPlace } from './batch.js';
import { type Bench, inputGradient, type LoneLayer, layerOutputs, penaltyOf, rowLosses } from './hardware.js';
import { dropOut, keptInputs, weigh } from './mask.js';
import type { Operation } from './operation.js';
import { activationGradient, outputGradient } from './outputs.js';

/** What is taken apart. */
export interface PassSubject {
  readonly recipe: Recipe;
  readonly data: ComparedRows;
  readonly bench: Bench;
  readonly place: StepPlace;
  /** Weights before the step, by name. */
  readonly weights: ReadonlyMap<string, Float32Array>;
}

/** A layer on the way: what it took in, what was dropped of it, and what it gave. */
interface Passed extends LoneLayer {
  readonly name: string;
  /** Its weights that have a regularizer. */
  readonly regularized: readonly (readonly [Float32Array, Regularizer])[];
  readonly rate: number;
  readonly kept: Uint32Array | null;
  readonly x: Float32Array;
  readonly a: Float32Array;
  /** Its weighted sums, where a gradient is taken from them. */
  readonly z: Float32Array | null;
}

/**
 * The operations between the batch and the gradients of weights, in the order of a step; of models that are not a plain stack, those
 * of the batch.
 */
export async function passOperations(subject: PassSubject): Promise<Operation[]> {
  return new Pass(subject).operations();
}

class Pass {
  readonly #subject: PassSubject;
  readonly #flushes: boolean;
  readonly #operations: Operation[] = [];
  readonly #lookUp: NamedLookUpLayer | null;
  readonly #tables: number;
  #rows = 0;

  constructor(subject: PassSubject) {
    this.#subject = subject;
    this.#flushes = subject.recipe.emulate.includes('flushSubnormals');
    this.#lookUp = lookUpLayer(subject.recipe.model);
    this.#tables = this.#lookUp === null ? 0 : tablesOf(this.#lookUp).length;
  }

  async operations(): Promise<Operation[]> {
    const { recipe, data, place, bench } = this.#subject;
    const { rows, x, targets, weights } = batchOf(recipe, data, place);
    const weighed = (values: Float32Array): Float32Array => weigh(values, weights, this.#flushes);
    this.#rows = rows.length;
    this.#note('order', 'batch', null, [rows.length], rows);
    this.#note('data', 'batch', null, [rows.length, data.x.columns], x);
    const width = targets.length / rows.length;
    this.#note(
      'targets',
      'batch',
      null,
      targets instanceof Uint32Array ? [rows.length] : [rows.length, width],
      targets,
    );
    if (!isPlainStack(recipe.model)) return this.#operations;
    const layers = await this.#forward(x);
    const last = layers[layers.length - 1];
    const losses = await rowLosses(last, last.x, targets, rows.length, recipe.loss, bench);
    this.#note('loss', 'batch', null, [rows.length], weighed(losses));
    for (const [index, layer] of layers.entries()) {
      for (const [values, regularizer] of layer.regularized) {
        const penalty = Float32Array.of(await penaltyOf(values, layer.description.units, regularizer, bench));
        this.#note('penalty', layer.name, index, [1], penalty);
      }
    }
    await this.#backward(layers, targets, weighed);
    return this.#operations;
  }

  async #forward(data: Float32Array): Promise<Passed[]> {
    const { recipe, bench } = this.#subject;
    const { model } = recipe;
    const dropouts = dropoutsOf(model);
    const last = denseLayers(model).length - 1;
    const layers: Passed[] = [];
    let inputs = this.#subject.data.x.columns;
    let x = data;
    if (this.#lookUp !== null) {
      x = this.#lookedUp(this.#lookUp, x, inputs);
      inputs = lookedUpUnits(this.#lookUp, inputs);
      this.#note('forward', this.#lookUp.name, null, [this.#rows, inputs], x);
    }
    for (const [index, described] of denseLayers(model).entries()) {
      const { name, units, activation, useBias, kernelRegularizer, biasRegularizer } = described;
      const rescale = index === 0 ? rescalingLayer(model) : null;
      const rate = dropouts[index]?.rate ?? 0;
      let kept: Uint32Array | null = null;
      if (rate > 0) {
        kept = this.#kept(index, inputs);
        x = dropOut(rescale === null ? x : await this.#rescaled(x, inputs), kept, rate, this.#flushes);
      }
      const kernel = this.#weights(`${name}/kernel`);
      const bias = useBias ? this.#weights(`${name}/bias`) : null;
      const description = { kind: 'dense', units, activation, useBias } as const;
      const layer = { inputs, description, kernel, bias, rescale: rate > 0 ? null : rescale };
      const a = await layerOutputs(layer, x, this.#rows, bench);
      const linear = { ...layer, description: { ...description, activation: 'linear' } } as const;
      const takesLogits = gradientTakesLogits(activation) || (index === last && lossRules(recipe.loss).takesLogits);
      const z = takesLogits ? await layerOutputs(linear, x, this.#rows, bench) : null;
      this.#note('forward', name, index, [this.#rows, units], a);
      const regularized = [...regularizedBy(kernel, kernelRegularizer), ...regularizedBy(bias, biasRegularizer)];
      layers.push({ ...layer, name, regularized, rate, kept, x, a, z });
      inputs = units;
      x = a;
    }
    return layers;
  }

  async #backward(
    layers: readonly Passed[],
    targets: Uint32Array | Float32Array,
    weighed: (gradient: Float32Array) => Float32Array,
  ): Promise<void> {
    const { recipe, bench } = this.#subject;
    const last = layers.length - 1;
    const { description } = layers[last];
    let dz = outputGradient(recipe.loss, layers[last], targets, bench, weighed);
    this.#note('outputGradient', layers[last].name, last, [this.#rows, description.units], dz);
    for (let index = last; index > 0; index -= 1) {
      const { name, inputs, rate, kept } = layers[index];
      const dx = await inputGradient(layers[index], dz, this.#rows, bench);
      this.#note('inputGradient', name, index, [this.#rows, inputs], dx);
      const below = layers[index - 1];
      const dy = kept === null ? dx : dropOut(dx, kept, rate, this.#flushes);
      dz = activationGradient(below, dy, bench);
      this.#note('activationGradient', below.name, index - 1, [this.#rows, inputs], dz);
    }
    if (this.#lookUp === null) return;
    const { name, inputs } = layers[0];
    const dx = await inputGradient(layers[0], dz, this.#rows, bench);
    this.#note('inputGradient', name, 0, [this.#rows, inputs], dx);
  }

  #kept(layer: number, inputs: number): Uint32Array {
    const { recipe, place } = this.#subject;
    const dropout = dropoutsOf(recipe.model)[layer];
    if (dropout === null) throw new RangeError('a layer without dropout');
    const { name, rate, seed = seedOf(recipe, 'dropout') } = dropout;
    const stream = streamNumber(dropoutStream(name));
    const kept = keptInputs({ kind: 'dropout', rate, key: seedKey(seed), stream }, place.steps, this.#rows, inputs);
    this.#note('mask', name, layer, [this.#rows, inputs], kept);
    return kept;
  }

  /** The data as the first layer sees them: through a layer that passes each column on. */
  async #rescaled(x: Float32Array, columns: number): Promise<Float32Array> {
    const { recipe, bench } = this.#subject;
    const identity = new Float32Array(columns * columns);
    for (let j = 0; j < columns; j += 1) identity[j * columns + j] = 1;
    const description = { kind: 'dense', units: columns, activation: 'linear', useBias: false } as const;
    const rescale = rescalingLayer(recipe.model);
    return layerOutputs({ inputs: columns, description, kernel: identity, bias: null, rescale }, x, this.#rows, bench);
  }

  /** [rows, units] of numbers, then of the rows of tables that the other columns choose. */
  #lookedUp(layer: NamedLookUpLayer, x: Float32Array, columns: number): Float32Array {
    const tables = tablesOf(layer).map(({ name, units }) => ({ units, values: this.#weights(name) }));
    const places = lookedUpColumns(layer, columns).map(({ table }, column) => ({ table, column }));
    const ordered = [...places.filter(({ table }) => table === null), ...places.filter(({ table }) => table !== null)];
    const out = new Float32Array(this.#rows * lookedUpUnits(layer, columns));
    let at = 0;
    for (let row = 0; row < this.#rows; row += 1) {
      for (const { table, column } of ordered) {
        const value = x[row * columns + column];
        if (table === null) {
          out[at] = value;
          at += 1;
          continue;
        }
        const { units, values } = tables[table];
        out.set(values.subarray(value * units, (value + 1) * units), at);
        at += units;
      }
    }
    return out;
  }

  #weights(name: string): Float32Array {
    const values = this.#subject.weights.get(name);
    if (values === undefined) throw new RangeError(`no weights ${name}`);
    return values;
  }

  #note(
    kind: Operation['kind'],
    place: string,
    layer: number | null,
    shape: readonly number[],
    values: Operation['values'],
  ): void {
    const counted = layer === null ? null : layer + this.#tables;
    this.#operations.push({ kind, place, layer: counted, parameter: null, shape, values });
  }
}

function regularizedBy(values: Float32Array | null, regularizer: Regularizer | undefined) {
  if (values === null || regularizer === undefined) return [];
  const { l1, l2 } = factorsOf(regularizer);
  return l1 === 0 && l2 === 0 ? [] : [[values, regularizer] as const];
}
