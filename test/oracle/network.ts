/** A network that is trained, evaluated and asked as the contract says (docs/numerics.md, sections 3 to 10). */
import { add, CONTRACT, f32, fma, mul, withHardware } from './arithmetic.js';
import {
  fixedSparse,
  freeSparse,
  type InputColumn,
  type LookUpLayer,
  lookUp,
  type SparseRowSum,
  type Table,
  tableGradient,
  tablesOf,
  touchedRows,
  widthOf,
} from './embedding.js';
import { type Counters, countersTail, fingerprint, mark, type Tensor } from './fingerprint.js';
import {
  type Activation,
  activate,
  activationGradient,
  biasGradient,
  denseForward,
  inputGradient,
  weightGradient,
} from './layers.js';
import { hitsOfRow, type Loss, lossOfRow, nameOf, type OutputRow } from './losses.js';
import {
  advance,
  gradientsOf,
  initialState,
  type Optimizer,
  type Parameter,
  stateNames,
  update,
} from './optimizers.js';
import { epochOrder, type Shuffle } from './order.js';
import { type Initializer, initialize, isKept, openStream, type Seeds, type Source, streamNumber } from './random.js';
import { type ClassWeights, trainingWeights } from './row-weights.js';
import { fixedRows, freeRows, type RowSum, type StepOrder } from './rows.js';
import { combine, tree, treeOfTerms, vectorSum } from './sums.js';

export interface DenseLayer {
  readonly units: number;
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer?: { readonly name: 'l2'; readonly l2: number };
  /** A dropout layer before this one. Default of its name: `dropout_<i>`, counted from 1. */
  readonly dropout?: { readonly rate: number; readonly seed?: number | string; readonly name?: string };
  /** Default: `dense_<i>`, counted from 1. */
  readonly name?: string;
}

export interface NetworkRecipe extends Source {
  readonly seeds?: Seeds;
  readonly inputs: number;
  readonly rescaling: { readonly scale: number; readonly offset: number } | null;
  /** A layer of embeddings before the others. */
  readonly lookUp?: LookUpLayer;
  readonly layers: readonly DenseLayer[];
  readonly optimizer: Optimizer;
  readonly loss: Loss;
}

/** `x` [rows, inputs]; `targets`: a label for each row, or [rows, units]. */
export interface Samples {
  readonly rows: number;
  readonly x: Float32Array | Uint8Array;
  readonly targets: Float32Array | Uint32Array | Uint8Array;
  /** Of the rows. Default: none. */
  readonly weights?: Float32Array;
}

export interface FitOptions {
  readonly batchSize: number;
  readonly batchLeaf: number;
  readonly shuffle: Shuffle;
  readonly epochs: number;
  readonly classWeights?: ClassWeights;
  /** In free order: rows of a unit, and how each step is summed. */
  readonly free?: { readonly grain: number; readonly orders: readonly StepOrder[] };
  /** After each step, counted from 1 over the life of the network. */
  readonly onStep?: (step: number, loss: number) => void;
}

export interface Score {
  readonly loss: number;
  /** Null where the loss has none. */
  readonly accuracy: number | null;
}

interface Layer extends DenseLayer {
  readonly name: string;
  readonly inputs: number;
  readonly mask: { readonly seed: number | string; readonly stream: number; readonly rate: number } | null;
  readonly kernel: Parameter;
  readonly bias: Parameter | null;
}

interface Batch {
  readonly rows: number;
  readonly x: Float32Array;
  readonly targets: readonly (number | Float32Array)[];
  readonly weights: readonly number[] | null;
}

/** What a forward pass leaves for the backward pass: inputs, logits and outputs of each layer. */
interface Pass {
  readonly x: Float32Array;
  readonly z: Float32Array;
  readonly a: Float32Array;
}

const row = <T extends Float32Array | Uint32Array | Uint8Array>(matrix: T, i: number, columns: number): T =>
  matrix.subarray(i * columns, (i + 1) * columns) as T;

/** Rows through a function that turns one row into another, of `columns` elements. */
function byRow(rows: number, columns: number, of: (i: number) => Float32Array): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) out.set(of(i), i * columns);
  return out;
}

export class Network {
  readonly #recipe: NetworkRecipe;
  readonly #tables: readonly (Parameter & Table)[];
  readonly #columns: readonly InputColumn[];
  readonly #layers: readonly Layer[];
  #gradients: Record<string, Float32Array> = {};
  #counters: Counters = { steps: 0, epochs: 0, p1: 1, p2: 1 };

  constructor(recipe: NetworkRecipe) {
    this.#recipe = recipe;
    const { seed, seeds, generator } = recipe;
    const parameter = (name: string, shape: number[], initializer: Initializer, fans: [number, number], l2 = 0) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const draw = openStream({ seed: seeds?.weights ?? seed, generator }, `init/${name}`, 0);
      return {
        name,
        shape,
        l2,
        values: initialize(initializer, draw, count, ...fans),
        state: Object.fromEntries(
          stateNames(recipe.optimizer).map((slot) => [
            slot,
            new Float32Array(count).fill(initialState(recipe.optimizer)),
          ]),
        ),
      };
    };
    const { tables, columns } =
      recipe.lookUp === undefined ? { tables: [], columns: [] } : tablesOf(recipe.lookUp, recipe.inputs);
    this.#tables = tables.map(({ name, categories, units }) => ({
      ...parameter(name, [categories, units], recipe.lookUp?.embeddingsInitializer ?? 'zeros', [categories, units]),
      categories,
      units,
    }));
    this.#columns = columns;
    const width = recipe.lookUp === undefined ? recipe.inputs : widthOf(columns, tables);
    let dropouts = 0;
    this.#layers = recipe.layers.map((layer, i) => {
      const inputs = i === 0 ? width : recipe.layers[i - 1].units;
      const { units } = layer;
      const name = layer.name ?? `dense_${i + 1}`;
      const { dropout, kernelRegularizer } = layer;
      if (dropout !== undefined) dropouts += 1;
      const l2 = kernelRegularizer?.l2;
      return {
        ...layer,
        name,
        inputs,
        mask:
          dropout === undefined
            ? null
            : {
                seed: dropout.seed ?? seeds?.dropout ?? seed,
                stream: streamNumber(`dropout/${dropout.name ?? `dropout_${dropouts}`}`),
                rate: dropout.rate,
              },
        kernel: parameter(`${name}/kernel`, [inputs, units], layer.kernelInitializer, [inputs, units], l2),
        bias: layer.useBias ? parameter(`${name}/bias`, [units], layer.biasInitializer, [units, units]) : null,
      };
    });
  }

  get counters(): Counters {
    return this.#counters;
  }

  /** In model order. */
  get parameters(): Parameter[] {
    return [
      ...this.#tables,
      ...this.#layers.flatMap(({ kernel, bias }) => (bias === null ? [kernel] : [kernel, bias])),
    ];
  }

  get columns(): number {
    return this.#layers[this.#layers.length - 1].units;
  }

  /** Mean loss and accuracy of each epoch. */
  fit(samples: Samples, options: FitOptions): Score[] {
    const scores: Score[] = [];
    const weights = trainingWeights(samples, this.#recipe.loss, options.classWeights);
    const weighed: Samples = weights === null ? samples : { ...samples, weights };
    let step = 0;
    for (let e = 0; e < options.epochs; e++) {
      const order = epochOrder(this.#recipe, samples, options.shuffle, this.#counters.epochs);
      const losses: number[] = [];
      const outputs: OutputRow[] = [];
      for (let start = 0; start < samples.rows; start += options.batchSize) {
        const batch = this.#gather(weighed, order.subarray(start, start + options.batchSize));
        const { free } = options;
        const done =
          free === undefined
            ? this.#step(batch, fixedRows(options.batchLeaf), fixedSparse(options.batchLeaf))
            : this.#step(batch, freeRows(free.orders[step], free.grain), freeSparse(free.orders[step], free.grain));
        losses.push(...done.losses);
        outputs.push(...done.outputs);
        step++;
        options.onStep?.(this.#counters.steps, meanOf(done.losses, options.batchLeaf));
      }
      this.#counters = { ...this.#counters, epochs: this.#counters.epochs + 1 };
      scores.push(this.#score(losses, outputs, options.batchLeaf));
    }
    return scores;
  }

  /** One step in fixed order; the epoch counter is left alone. */
  trainOnBatch(samples: Samples, batchLeaf: number): Score {
    const all = Uint32Array.from({ length: samples.rows }, (_, i) => i);
    const { losses, outputs } = this.#step(this.#gather(samples, all), fixedRows(batchLeaf), fixedSparse(batchLeaf));
    return this.#score(losses, outputs, batchLeaf);
  }

  evaluate(samples: Samples, batchLeaf: number): Score {
    const all = Uint32Array.from({ length: samples.rows }, (_, i) => i);
    const batch = this.#gather(samples, all);
    const outputs = this.#outputs(batch, this.#forward(batch.x, batch.rows, null));
    return this.#score(this.#lossesOf(outputs), outputs, batchLeaf);
  }

  predict(x: Float32Array | Uint8Array, rows: number): Float32Array {
    const passes = this.#forward(Float32Array.from(x), rows, null);
    return passes[passes.length - 1].a;
  }

  fingerprint(scope: 'weights' | 'state'): string {
    if (scope === 'weights') return fingerprint(scope, this.parameters);
    const slots = this.parameters.flatMap((parameter) =>
      Object.entries(parameter.state).map(([slot, values]): Tensor => {
        return { name: `${parameter.name}/${slot}`, shape: parameter.shape, values };
      }),
    );
    return fingerprint(scope, [...this.parameters, ...slots], countersTail(this.#counters));
  }

  marks(): Record<string, bigint> {
    return Object.fromEntries(this.parameters.map(({ name, values }) => [name, mark(values)]));
  }

  /** Of the last step, as the optimizer took them. */
  gradients(): Readonly<Record<string, Float32Array>> {
    return this.#gradients;
  }

  /** The rows of `order`, as binary32 (a byte is converted exactly). */
  #gather(samples: Samples, order: Uint32Array): Batch {
    const { inputs, loss } = this.#recipe;
    const rows = order.length;
    return {
      rows,
      x: byRow(rows, inputs, (i) => Float32Array.from(row(samples.x, order[i], inputs))),
      targets: Array.from(order, (i) =>
        nameOf(loss) === 'sparseCategoricalCrossentropy'
          ? samples.targets[i]
          : Float32Array.from(row(samples.targets, i, this.columns)),
      ),
      weights: samples.weights === undefined ? null : Array.from(order, (i) => (samples.weights as Float32Array)[i]),
    };
  }

  /** `step`: steps made before, in training; null elsewhere, where nothing is dropped. */
  #forward(x: Float32Array, rows: number, step: number | null): Pass[] {
    const { rescaling } = this.#recipe;
    let a = rescaling === null ? x : x.map((value) => fma(value, f32(rescaling.scale), f32(rescaling.offset)));
    if (this.#columns.length > 0) a = lookUp(x, rows, this.#columns, this.#tables);
    return this.#layers.map((layer) => {
      const { kernel, bias, inputs, units, activation } = layer;
      const input = step === null ? a : dropped(layer, a, step);
      const z = denseForward(input, kernel.values, bias?.values ?? null, rows, inputs, units);
      a = byRow(rows, units, (i) => activate(activation, row(z, i, units)));
      return { x: input, z, a };
    });
  }

  #outputs(batch: Batch, passes: readonly Pass[]): OutputRow[] {
    const { z, a } = passes[passes.length - 1];
    return batch.targets.map((target, i) => ({
      z: row(z, i, this.columns),
      a: row(a, i, this.columns),
      target,
      weight: batch.weights?.[i],
    }));
  }

  #lossesOf(outputs: readonly OutputRow[]): number[] {
    const { activation } = this.#layers[this.#layers.length - 1];
    return this.#penalized(outputs.map((output) => lossOfRow(this.#recipe.loss, activation, output).loss));
  }

  #step(batch: Batch, rowSum: RowSum, sparseSum: SparseRowSum): { losses: number[]; outputs: OutputRow[] } {
    const { optimizer, loss } = this.#recipe;
    const { rows } = batch;
    const { steps } = this.#counters;
    const passes = this.#forward(batch.x, rows, steps);
    const outputs = this.#outputs(batch, passes);
    const last = this.#layers.length - 1;
    const rowLosses = outputs.map((output) => lossOfRow(loss, this.#layers[last].activation, output));
    const losses = this.#penalized(rowLosses.map((each) => each.loss));

    // All gradients are taken before any weight moves.
    const gradients = new Map<Parameter, Float32Array>();
    let dz = byRow(rows, this.columns, (i) => rowLosses[i].dz);
    for (let l = last; l >= 0; l--) {
      const { kernel, bias, inputs, units } = this.#layers[l];
      gradients.set(kernel, weightGradient(passes[l].x, dz, rows, inputs, units, rowSum));
      if (bias !== null) gradients.set(bias, biasGradient(dz, rows, units, rowSum));
      if (l > 0) {
        const { activation } = this.#layers[l - 1];
        const dy = dropped(this.#layers[l], inputGradient(dz, kernel.values, rows, inputs, units), steps);
        const { z, a } = passes[l - 1];
        const activated = (i: number) => ({ z: row(z, i, inputs), a: row(a, i, inputs) });
        dz = byRow(rows, inputs, (i) => activationGradient(activation, activated(i), row(dy, i, inputs)));
      }
    }

    const lookedUp = this.#tables.map((table, t) => {
      const { kernel, inputs, units } = this.#layers[0];
      const dy = dropped(this.#layers[0], inputGradient(dz, kernel.values, rows, inputs, units), steps);
      return { table, gradient: tableGradient(t, batch.x, dy, rows, this.#columns, this.#tables, sparseSum) };
    });

    const powers = advance(optimizer, this.#counters);
    this.#gradients = Object.fromEntries(
      [...lookedUp.map(({ table, gradient }) => [table, gradient.sums] as const), ...gradients].map(
        ([parameter, sums]) => [parameter.name, gradientsOf(parameter, sums, rows)],
      ),
    );
    for (const { table, gradient } of lookedUp) {
      for (const touched of touchedRows(table, gradient)) {
        update(optimizer, touched.parameter, touched.sums, rows, powers);
      }
    }
    for (const [parameter, sums] of gradients) update(optimizer, parameter, sums, rows, powers);
    this.#counters = { ...this.#counters, ...powers };
    return { losses, outputs };
  }

  /** Losses of rows with the penalty of the weights as they are, if there is one. */
  #penalized(losses: readonly number[]): number[] {
    const penalties = this.#layers.flatMap(({ kernel, inputs, units }) => {
      const { l2 = 0, values: w } = kernel;
      if (l2 === 0) return [];
      const squares = Float32Array.from({ length: units }, (_, j) =>
        tree(inputs, 256, (acc, k) => fma(w[k * units + j], w[k * units + j], acc)),
      );
      const sum = vectorSum(squares);
      return [withHardware(CONTRACT, () => mul(f32(l2), sum))];
    });
    if (penalties.length === 0) return [...losses];
    return withHardware(CONTRACT, () => losses.map((loss) => add(loss, combine(penalties))));
  }

  #score(losses: readonly number[], outputs: readonly OutputRow[], batchLeaf: number): Score {
    const counts = outputs.map((output) => hitsOfRow(this.#recipe.loss, output));
    let accuracy: number | null = null;
    if (counts[0] !== null) {
      const sum = (of: 'hits' | 'total'): number => counts.reduce((total, count) => total + (count?.[of] ?? 0), 0);
      accuracy = sum('hits') / sum('total');
    }
    return { loss: meanOf(losses, batchLeaf), accuracy };
  }
}

/** Rows of a layer's inputs, or of the gradient at them, through its dropout. */
function dropped({ mask, inputs }: Layer, values: Float32Array, step: number): Float32Array {
  if (mask === null) return values;
  const scale = f32(1 / (1 - mask.rate));
  return values.map((value, at) => (isKept(mask, step, Math.floor(at / inputs), at % inputs) ? mul(value, scale) : 0));
}

/** `tree · fl32(1/n)`, on emulated hardware too. */
function meanOf(losses: readonly number[], batchLeaf: number): number {
  return withHardware(CONTRACT, () => mul(treeOfTerms(losses, batchLeaf), f32(1 / losses.length)));
}
