/** A network that is trained, evaluated and asked as the contract says (docs/numerics.md, sections 3 to 10). */
import { add, CONTRACT, f32, fma, mul, withHardware } from './arithmetic.js';
import { stagesOf } from './build.js';
import {
  fixedSparse,
  freeSparse,
  type LookUpLayer,
  type SparseRowSum,
  type TableGradient,
  touchedRows,
} from './embedding.js';
import { type Counters, countersTail, fingerprint, mark, type Tensor } from './fingerprint.js';
import type { Activation } from './layers.js';
import { hitsOfRow, type Loss, lossOfRow, nameOf, type OutputRow } from './losses.js';
import { advance, type Optimizer, type Parameter, update } from './optimizers.js';
import { epochOrder, type Shuffle } from './order.js';
import type { Initializer, Seeds, Source } from './random.js';
import { type ClassWeights, trainingWeights } from './row-weights.js';
import { fixedRows, freeRows, type RowSum, type StepOrder } from './rows.js';
import { observed, observing, unobserved } from './schedules.js';
import type { Note, Passed, Stage, Training } from './stages.js';
import { combine, treeOfTerms } from './sums.js';
import { type Constraint, clipFactors, gradientsOf, type NonNegative, penaltyOf, type Regularizer } from './updates.js';

export interface DenseLayer {
  readonly units: number;
  readonly activation: Activation;
  readonly useBias: boolean;
  readonly kernelInitializer: Initializer;
  readonly biasInitializer: Initializer;
  readonly kernelRegularizer?: Regularizer;
  readonly biasRegularizer?: Regularizer;
  readonly kernelConstraint?: Constraint;
  readonly biasConstraint?: NonNegative;
  /** A dropout layer before this one. Default of its name: `dropout_<i>`, counted from 1. */
  readonly dropout?: { readonly rate: number; readonly seed?: number | string; readonly name?: string };
  /** Default: `dense_<i>`, counted from 1. */
  readonly name?: string;
}

/** A layer that is not dense, as model descriptions have them. */
export type OtherLayer =
  | { readonly kind: 'activation'; readonly activation: Activation }
  | { readonly kind: 'dropout'; readonly rate: number; readonly seed?: number | string; readonly name?: string }
  | {
      readonly kind: 'batchNormalization';
      readonly momentum: number;
      readonly epsilon: number;
      readonly center: boolean;
      readonly scale: boolean;
      readonly name?: string;
    }
  | {
      readonly kind: 'gaussianNoise';
      readonly stddev: number;
      readonly seed?: number | string;
      readonly name?: string;
    }
  | {
      readonly kind: 'layerNormalization';
      readonly epsilon: number;
      readonly center: boolean;
      readonly scale: boolean;
      readonly name?: string;
    }
  | { readonly kind: 'residual'; readonly layers: readonly RecipeLayer[]; readonly name?: string };

/** A dense layer has no kind. */
export type RecipeLayer = (DenseLayer & { readonly kind?: undefined }) | OtherLayer;

export interface NetworkRecipe extends Source {
  readonly seeds?: Seeds;
  readonly inputs: number;
  readonly rescaling: { readonly scale: number; readonly offset: number } | null;
  /** A layer of embeddings before the others. */
  readonly lookUp?: LookUpLayer;
  readonly layers: readonly RecipeLayer[];
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

interface Batch {
  readonly rows: number;
  readonly x: Float32Array;
  readonly targets: readonly (number | Float32Array)[];
  readonly weights: readonly number[] | null;
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
  readonly #stages: readonly Stage[];
  /** Of the last stage, if it is one: losses go through it. */
  readonly #lastActivation: Activation | null;
  #gradients: Record<string, Float32Array> = {};
  #note: Note = () => {};
  #counters: Counters = { steps: 0, epochs: 0, p1: 1, p2: 1 };

  constructor(recipe: NetworkRecipe) {
    this.#recipe = recipe;
    const plateau = unobserved(recipe.optimizer.learningRate);
    if (plateau !== undefined) this.#counters = { ...this.#counters, plateau };
    this.#stages = stagesOf(recipe);
    const last = recipe.layers[recipe.layers.length - 1];
    this.#lastActivation = last.kind === undefined || last.kind === 'activation' ? last.activation : null;
  }

  get counters(): Counters {
    return this.#counters;
  }

  /** From now on this is told what each step computes on its way; `batch` gives losses, and the gradient where they end. */
  tell(note: Note): void {
    this.#note = note;
  }

  /** In model order. */
  get parameters(): Parameter[] {
    return this.#stages.flatMap(({ parameters }) => parameters);
  }

  get columns(): number {
    return this.#stages[this.#stages.length - 1].units;
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
            ? this.#step(batch, fixedRows(options.batchLeaf), fixedSparse(options.batchLeaf), options.batchLeaf)
            : this.#step(
                batch,
                freeRows(free.orders[step], free.grain),
                freeSparse(free.orders[step], free.grain),
                options.batchLeaf,
              );
        losses.push(...done.losses);
        outputs.push(...done.outputs);
        step++;
        options.onStep?.(this.#counters.steps, meanOf(done.losses, options.batchLeaf));
      }
      this.#counters = { ...this.#counters, epochs: this.#counters.epochs + 1 };
      scores.push(this.#score(losses, outputs, options.batchLeaf));
      this.#observe(scores[e]);
    }
    return scores;
  }

  /** What the epoch came to, where that decides the learning rate; of training alone. */
  #observe({ loss, accuracy }: Score): void {
    const { plateau, steps } = this.#counters;
    if (plateau === undefined) return;
    const { learningRate } = this.#recipe.optimizer;
    const value = observing(learningRate)?.schedule.monitor === 'loss' ? loss : (accuracy as number);
    this.#counters = { ...this.#counters, plateau: observed(learningRate, plateau, steps, value) };
  }

  /** One step in fixed order; the epoch counter is left alone. */
  trainOnBatch(samples: Samples, batchLeaf: number): Score {
    const all = Uint32Array.from({ length: samples.rows }, (_, i) => i);
    const { losses, outputs } = this.#step(
      this.#gather(samples, all),
      fixedRows(batchLeaf),
      fixedSparse(batchLeaf),
      batchLeaf,
    );
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
    return passes[passes.length - 1].y;
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

  /** Of the last step, as the optimizer took them but for clipping. */
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

  /** `training` is null where nothing is trained. The data passes first. */
  #forward(x: Float32Array, rows: number, training: Training | null): Passed[] {
    const { rescaling } = this.#recipe;
    const data = rescaling === null ? x : x.map((value) => fma(value, f32(rescaling.scale), f32(rescaling.offset)));
    training?.note('rescaling', 'y', data);
    const passes: Passed[] = [{ y: data, back: (dy) => dy }];
    for (const stage of this.#stages) passes.push(stage.pass(passes[passes.length - 1].y, rows, training));
    return passes;
  }

  #outputs(batch: Batch, passes: readonly Passed[]): OutputRow[] {
    const a = passes[passes.length - 1].y;
    const z = this.#lastActivation === null ? a : passes[passes.length - 2].y;
    return batch.targets.map((target, i) => ({
      z: row(z, i, this.columns),
      a: row(a, i, this.columns),
      target,
      weight: batch.weights?.[i],
    }));
  }

  /** Losses, and the gradient at the logits, or where the network does not end in an activation at its outputs. */
  #rowLosses(outputs: readonly OutputRow[]) {
    return outputs.map((output) => lossOfRow(this.#recipe.loss, this.#lastActivation ?? 'linear', output));
  }

  #lossesOf(outputs: readonly OutputRow[]): number[] {
    return this.#penalized(this.#rowLosses(outputs).map(({ loss }) => loss));
  }

  #step(
    batch: Batch,
    rowSum: RowSum,
    sparseSum: SparseRowSum,
    batchLeaf: number,
  ): { losses: number[]; outputs: OutputRow[] } {
    const { optimizer } = this.#recipe;
    const { rows } = batch;
    // All gradients are taken before any weight moves.
    const gradients = new Map<Parameter, Float32Array>();
    const tables = new Map<Parameter, TableGradient>();
    const afterwards: (() => void)[] = [];
    const step = this.#counters.steps;
    const passes = this.#forward(batch.x, rows, {
      step,
      rowSum,
      fixedSum: fixedRows(batchLeaf),
      sparseSum,
      gradients,
      tables,
      afterwards,
      note: this.#note,
    });
    const outputs = this.#outputs(batch, passes);
    const rowLosses = this.#rowLosses(outputs);
    const losses = this.#penalized(rowLosses.map((each) => each.loss));
    let gradient = byRow(rows, this.columns, (i) => rowLosses[i].dz);
    this.#note(
      'batch',
      'losses',
      Float32Array.from(rowLosses, ({ loss }) => loss),
    );
    this.#note('batch', 'dz', gradient);
    const upward = this.#lastActivation === null ? passes : passes.slice(0, -1);
    for (const pass of upward.reverse()) gradient = pass.back(gradient);

    const powers = advance(optimizer, this.#counters);
    const ofTables = [...tables].map(([table, { sums }]) => [table, gradientsOf(table, sums, rows)] as const);
    const taken = [...gradients].map(([parameter, sums]) => [parameter, gradientsOf(parameter, sums, rows)] as const);
    this.#gradients = Object.fromEntries([...ofTables, ...taken].map(([parameter, g]) => [parameter.name, g]));
    for (const [table, gradient] of tables) {
      for (const touched of touchedRows(table, gradient)) {
        update(optimizer, touched.parameter, touched.sums, rows, powers);
      }
    }
    const whole = this.parameters.filter((parameter) => gradients.has(parameter));
    const factors = clipFactors(
      optimizer,
      whole.map((parameter) => [parameter, this.#gradients[parameter.name]]),
    );
    whole.forEach((parameter, i) => {
      update(optimizer, parameter, gradients.get(parameter) as Float32Array, rows, powers, factors[i]);
    });
    for (const each of afterwards) each();
    this.#counters = { ...this.#counters, ...powers };
    return { losses, outputs };
  }

  /** Losses of rows with the penalty of the weights as they are, if there is one. */
  #penalized(losses: readonly number[]): number[] {
    const penalties = this.parameters.map(penaltyOf).filter((penalty) => penalty !== null);
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

/** `tree · fl32(1/n)`, on emulated hardware too. */
function meanOf(losses: readonly number[], batchLeaf: number): number {
  return withHardware(CONTRACT, () => mul(treeOfTerms(losses, batchLeaf), f32(1 / losses.length)));
}
