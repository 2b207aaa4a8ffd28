/** Native networks from descriptions, and what is carried over from one to the next. */
import { checkBlocks } from '../model/blocks.js';
import {
  initialStream,
  isTrained,
  lookUpLayer,
  type ModelDescription,
  type Parameter,
  parametersOf,
  rescalingLayer,
} from '../model/description.js';
import { lookedUpColumns, tablesOf } from '../model/embeddings.js';
import { type Emulation, emulationBits } from '../model/emulation.js';
import { checkFlippedIndex, type FlippedBit, withFlippedBit } from '../model/flipped-bit.js';
import { initialValues } from '../model/initializers.js';
import type { Optimizer } from '../model/optimizers.js';
import { decidedMode } from '../model/reduce-on-plateau.js';
import { type SeedChoice, seedOf } from '../model/seeds.js';
import { updatesOf } from '../model/update-options.js';
import { addon } from '../native/addon.js';
import type { InstructionSet } from '../native/instruction-set.js';
import type { Counters, NativeNetwork, Slot } from '../native/network.js';
import type { Loss, NativeLookUp, NativeOptimizer } from '../native/network-description.js';
import { Draws } from '../random/draws.js';
import type { Generator } from '../random/words.js';
import { nativeLayers } from './native-layers.js';

const PART_ELEMENTS = 0x1_0000;

/** What initial weights are drawn from. */
export interface Origin extends SeedChoice {
  readonly model: ModelDescription;
  readonly generator: Generator;
  readonly flippedBit: FlippedBit | null;
}

/** What a network computes on. */
export interface Hardware {
  readonly isa: InstructionSet;
  /** With isa 'scalar' only. */
  readonly emulate: readonly Emulation[];
}

export function sameHardware(a: Hardware, b: Hardware): boolean {
  return a.isa === b.isa && emulationBits(a.emulate) === emulationBits(b.emulate);
}

/** What a network needs beyond its layers in order to train. */
export interface Objective {
  readonly loss: Loss;
  readonly optimizer: Optimizer;
}

/** Weights, optimizer state and counters, row-major: a network's whole memory. */
export interface NetworkState {
  /** For each parameter in model order its weights, then its optimizer's slots. */
  readonly tensors: readonly (readonly Float32Array[])[];
  readonly counters: Counters;
}

/** A network with weights +0. Without an objective it only predicts, without an optimizer it does not train. */
export function createNetwork(
  origin: SeedChoice & Pick<Origin, 'model'>,
  inputs: number,
  { isa, emulate }: Hardware,
  objective: (Pick<Objective, 'loss'> & { readonly optimizer: Optimizer | null }) | null,
): NativeNetwork {
  checkBlocks(origin.model.layers, inputs, 'layers');
  const rescaling = rescalingLayer(origin.model);
  const optimizer = objective?.optimizer ?? null;
  return new (addon().Network)({
    isa,
    emulate: emulationBits(emulate),
    inputs,
    rescale: rescaling === null ? null : { scale: rescaling.scale, offset: rescaling.offset },
    lookUp: nativeLookUp(origin.model, inputs),
    layers: nativeLayers(origin.model, origin),
    loss: objective?.loss ?? null,
    optimizer: optimizer && {
      ...nativeRule(optimizer),
      learningRate: decidedMode(optimizer.learningRate),
      ...updatesOf(optimizer),
    },
  });
}

/** Draws the initial weights of `origin` into a fresh network. */
export function initialize(network: NativeNetwork, origin: Origin, inputs: number): void {
  for (const { layer, kind, name, shape, size, initializer } of parametersOf(origin.model, inputs)) {
    if (initializer === 'zeros') continue;
    const stream = { seed: seedOf(origin, 'weights'), generator: origin.generator, name: initialStream(name) };
    const fans = { fanIn: shape[0], fanOut: shape[shape.length - 1] };
    const draws = new Draws(stream);
    for (const { firstRow, elements } of partsOf(shape, size)) {
      network.setParameter(layer, kind, 0, initialValues(initializer, draws, fans, elements), firstRow);
    }
  }
  if (origin.flippedBit !== null) flipBit(network, origin.flippedBit, parametersOf(origin.model, inputs));
}

function flipBit(network: NativeNetwork, flipped: FlippedBit, parameters: readonly Parameter[]): void {
  const parameter = parameters.find(({ name }) => name === flipped.tensor) as Parameter;
  checkFlippedIndex(flipped, parameter);
  const { layer, kind, shape } = parameter;
  const columns = shape[shape.length - 1];
  const firstRow = Math.floor(flipped.index / columns);
  const values = network.getParameter(layer, kind, 0, firstRow, 1);
  const column = flipped.index % columns;
  values[column] = withFlippedBit(values[column], flipped.bit);
  network.setParameter(layer, kind, 0, values, firstRow);
}

/** Rows of a tensor that are copied at a time: a large one never stands beside itself in memory. */
export interface Part {
  readonly firstRow: number;
  readonly rows: number;
  readonly elements: number;
}

/** A tensor in parts of about 64 Ki elements, all but the last a multiple of 4 rows; a bias [units] is one row. */
export function* partsOf(shape: readonly number[], size: number): IterableIterator<Part> {
  const columns = shape[shape.length - 1];
  const allRows = size / columns;
  const step = Math.max(4, Math.floor(PART_ELEMENTS / columns / 4) * 4);
  for (let firstRow = 0; firstRow < allRows; firstRow += step) {
    const rows = Math.min(step, allRows - firstRow);
    yield { firstRow, rows, elements: rows * columns };
  }
}

/** Copies a network's memory; `slots` is how many the optimizer has. */
export function readState(network: NativeNetwork, parameters: readonly Parameter[], slots: number): NetworkState {
  return {
    tensors: parameters.map(({ layer, kind }) =>
      Array.from({ length: isTrained({ kind }) ? slots + 1 : 1 }, (_, slot) =>
        network.getParameter(layer, kind, slot as Slot),
      ),
    ),
    counters: network.getCounters(),
  };
}

/** Gives a network the memory of another one with the same parameters. */
export function writeState(network: NativeNetwork, parameters: readonly Parameter[], state: NetworkState): void {
  parameters.forEach(({ layer, kind }, index) => {
    state.tensors[index].forEach((values, slot) => {
      network.setParameter(layer, kind, slot as Slot, values);
    });
  });
  network.setCounters(state.counters);
}

function nativeLookUp(model: ModelDescription, inputs: number): NativeLookUp | null {
  const layer = lookUpLayer(model);
  if (layer === null) return null;
  return {
    tables: tablesOf(layer).map(({ categories, units }) => ({ categories, units })),
    columns: lookedUpColumns(layer, inputs).map(({ table }) => table),
  };
}

/** An optimizer's own rule. */
function nativeRule(optimizer: Optimizer): NativeOptimizer {
  if (optimizer.name === 'rmsprop') {
    const { learningRate, rho, momentum, epsilon } = optimizer;
    return { kind: 'rmsprop', learningRate, rho, momentum, epsilon };
  }
  if (optimizer.name === 'adam' || optimizer.name === 'nadam') {
    const { name, learningRate, beta1, beta2, epsilon } = optimizer;
    const kind = name === 'adam' && optimizer.amsgrad ? 'amsgrad' : name;
    return { kind, learningRate, beta1, beta2, epsilon };
  }
  if (optimizer.name === 'adagrad') {
    const { learningRate, initialAccumulatorValue, epsilon } = optimizer;
    return { kind: 'adagrad', learningRate, initialAccumulatorValue, epsilon };
  }
  const { learningRate, momentum, nesterov } = optimizer;
  if (momentum === 0) return { kind: 'sgd', learningRate };
  return { kind: nesterov ? 'nesterov' : 'momentum', learningRate, momentum };
}
