/** A step's way through the network and back, operation by operation, from the state before it. */
import { denseLayers, parametersOf } from '../../model/description.js';
import type { Recipe } from '../../model/recipe.js';
import { factorsOf } from '../../model/regularizers.js';
import type { BatchResults, NodeResults } from '../../native/network.js';
import { createNetwork, type Hardware } from '../../train/network.js';
import type { ComparedRows } from '../data.js';
import { type Batch, batchOf, type StepPlace } from './batch.js';
import { type LayerNodes, layerNodes } from './layer-nodes.js';
import type { Operation } from './operation.js';
import { penaltyOf } from './penalty.js';

/** On what a step is computed once more: bits depend on the hardware alone. */
export interface Bench {
  readonly hardware: Hardware;
  readonly threads: number;
}

/** What is taken apart. */
export interface PassSubject {
  readonly recipe: Recipe;
  readonly data: ComparedRows;
  readonly bench: Bench;
  readonly place: StepPlace;
  /** Weights before the step, by name. */
  readonly weights: ReadonlyMap<string, Float32Array>;
}

/** The operations between the batch and the gradients of weights, in the order of a step. */
export async function passOperations(subject: PassSubject): Promise<Operation[]> {
  const { recipe, data, place } = subject;
  const batch = batchOf(recipe, data, place);
  const results = await takeApart(subject, batch);
  const { columns } = data.x;
  const layers = layerNodes(recipe.model, columns);
  const passed = new Passed(results, layers, batch.rows.length);
  return [
    ...batchOperations(batch, columns),
    ...passed.forward(),
    ...(await penaltyOperations(subject)),
    ...passed.backward(),
  ];
}

/** On a network of its own, which trains nothing: it has the weights, and no optimizer. */
async function takeApart(
  subject: PassSubject,
  { rows, x, targets, weights: rowWeights }: Batch,
): Promise<BatchResults> {
  const { recipe, data, bench, place, weights } = subject;
  const { columns } = data.x;
  const network = createNetwork(recipe, columns, bench.hardware, { loss: recipe.loss, optimizer: null });
  try {
    for (const { layer, kind, name } of parametersOf(recipe.model, columns)) {
      network.setParameter(layer, kind, 0, valuesOf(weights, name));
    }
    return await network.takeApart({
      x,
      targets,
      rows: rows.length,
      rowWeights,
      threads: bench.threads,
      batchLeaf: recipe.fit.batchLeaf,
      step: place.steps,
    });
  } finally {
    network.dispose();
  }
}

function batchOperations({ rows, x, targets }: Batch, columns: number): Operation[] {
  const targetShape = targets instanceof Uint32Array ? [rows.length] : [rows.length, targets.length / rows.length];
  return [
    ofBatch('order', [rows.length], rows),
    ofBatch('data', [rows.length, columns], x),
    ofBatch('targets', targetShape, targets),
  ];
}

function ofBatch(kind: Operation['kind'], shape: readonly number[], values: Operation['values']): Operation {
  return { kind, place: 'batch', layer: null, parameter: null, shape, values };
}

/** Of each tensor that has a regularizer. */
async function penaltyOperations({ recipe, data, bench, weights }: PassSubject): Promise<Operation[]> {
  const operations: Operation[] = [];
  const dense = new Map(denseLayers(recipe.model).map((layer) => [layer.name, layer]));
  for (const { layer, kind, name: place, shape } of parametersOf(recipe.model, data.x.columns)) {
    const of = kind === 'kernel' || kind === 'bias' ? dense.get(place.slice(0, -`/${kind}`.length)) : undefined;
    const regularizer = kind === 'kernel' ? of?.kernelRegularizer : of?.biasRegularizer;
    if (regularizer === undefined) continue;
    const { l1, l2 } = factorsOf(regularizer);
    if (l1 === 0 && l2 === 0) continue;
    const penalty = await penaltyOf(valuesOf(weights, place), shape[shape.length - 1], regularizer, bench.hardware);
    operations.push({ kind: 'penalty', place, layer, parameter: kind, shape: [1], values: Float32Array.of(penalty) });
  }
  return operations;
}

function valuesOf(weights: ReadonlyMap<string, Float32Array>, name: string): Float32Array {
  const values = weights.get(name);
  if (values === undefined) throw new RangeError(`no weights ${name}`);
  return values;
}

/** What the nodes of a network gave, as operations of its layers. */
class Passed {
  readonly #results: BatchResults;
  readonly #nodes: readonly NodeResults[];
  readonly #layers: readonly LayerNodes[];
  readonly #rows: number;

  constructor(results: BatchResults, layers: readonly LayerNodes[], rows: number) {
    this.#results = results;
    this.#nodes = results.nodes;
    this.#layers = layers;
    this.#rows = rows;
    const last = Math.max(...layers.map((layer) => layer.last));
    if (last !== this.#nodes.length - 1) throw new RangeError('a network of other layers');
  }

  /** From the data to the losses. */
  forward(): Operation[] {
    const { inputs, losses } = this.#results;
    const operations: Operation[] = [];
    if (inputs !== null) operations.push(this.#matrix('forward', { name: 'rescaling', number: null }, inputs));
    for (const layer of [...this.#layers].sort((a, b) => a.last - b.last)) operations.push(...this.#outputs(layer));
    return [...operations, ofBatch('loss', [this.#rows], losses)];
  }

  /** What a layer draws, or takes of the batch, and what it gives. */
  #outputs(layer: LayerNodes): Operation[] {
    const { outputs, kept, noise, statistics } = this.#nodes[layer.last];
    const { name, number, next } = layer;
    const operations: Operation[] = [];
    if (kept !== null) operations.push(this.#matrix('mask', { name, number: next }, kept));
    if (noise !== null) operations.push(this.#matrix('noise', { name, number: next }, noise));
    if (statistics !== null) {
      const shape = layer.layer.kind === 'batchNormalization' ? [2, statistics.length / 2] : [statistics.length];
      operations.push({ kind: 'statistics', place: name, layer: number, parameter: null, shape, values: statistics });
    }
    if (outputs !== null) operations.push(this.#matrix('forward', layer, outputs));
    return operations;
  }

  /** From the losses to the first layer that a gradient reaches. */
  backward(): Operation[] {
    const operations: Operation[] = [];
    const end = this.#nodes.length - 1;
    const last = this.#layers.find((layer) => layer.last === end) as LayerNodes;
    const { gradient } = this.#nodes[this.#nodes[end].kind === 'activation' ? end - 1 : end];
    if (gradient !== null) operations.push(this.#matrix('outputGradient', last, gradient));
    for (const layer of [...this.#layers].reverse()) operations.push(...this.#gradients(layer, layer === last));
    return operations;
  }

  /** Of a layer, from its weighted sums on; of the last one they are the gradient of the outputs. */
  #gradients(layer: LayerNodes, isLast: boolean): Operation[] {
    const { first, layer: of } = layer;
    const operations: Operation[] = [];
    const { gradient: ofSums } = this.#nodes[first];
    if (of.kind === 'dense' && !isLast && ofSums !== null) {
      operations.push(this.#matrix('activationGradient', layer, ofSums));
    }
    const below = first === 0 ? null : this.#nodes[first - 1].gradient;
    const passesOn = of.kind === 'gaussianNoise' || this.#nodes[layer.last].outputs === null;
    if (below === null || passesOn || (of.kind === 'activation' && isLast)) return operations;
    operations.push(this.#matrix(of.kind === 'activation' ? 'activationGradient' : 'inputGradient', layer, below));
    return operations;
  }

  #matrix(
    kind: Operation['kind'],
    { name, number }: Pick<LayerNodes, 'name' | 'number'>,
    values: Operation['values'],
  ): Operation {
    return {
      kind,
      place: name,
      layer: number,
      parameter: null,
      shape: [this.#rows, values.length / this.#rows],
      values,
    };
  }
}
