/** What rows pass, one stage after another, and what each does to the gradient on its way back (docs/numerics.md, section 3). */
import { add, div, f32, fma, mul, sqrt, sub } from './arithmetic.js';
import {
  type InputColumn,
  lookUp,
  type SparseRowSum,
  type Table,
  type TableGradient,
  tableGradient,
  widthOf,
} from './embedding.js';
import {
  type Activation,
  activate,
  activationGradient,
  biasGradient,
  denseForward,
  inputGradient,
  weightGradient,
} from './layers.js';
import type { Parameter } from './optimizers.js';
import { isKept, noiseOf } from './random.js';
import type { RowSum } from './rows.js';

/** Of a step in training. */
export interface Training {
  /** Steps made before. */
  readonly step: number;
  /** The sums of gradients over rows. */
  readonly rowSum: RowSum;
  /** The sums of statistics over rows: the tree, whatever the order of gradients. */
  readonly fixedSum: RowSum;
  /** The sums of gradients of tables, in the order of gradients. */
  readonly sparseSum: SparseRowSum;
  /** Gradients as sums, by parameter. */
  readonly gradients: Map<Parameter, Float32Array>;
  /** The same of tables that are looked up. */
  readonly tables: Map<Parameter, TableGradient>;
  /** What becomes of state that is not trained, once the step is made. */
  readonly afterwards: (() => void)[];
  /** Told what is computed on the way. */
  readonly note: Note;
}

/**
 * What a stage is named (`dense_1`, its product `dense_1/product`; `batch` for what is none), and what it gave: its outputs `y`, its
 * gradients `dy` and `dx`, `drawn` masks or noise, `statistics`.
 */
export type Note = (stage: string, what: string, values: Float32Array) => void;

export interface Stage {
  readonly units: number;
  readonly parameters: readonly Parameter[];
  /** [rows, units] from [rows, inputs], and the way back in training: from the gradient of the former to that of the latter. */
  pass(x: Float32Array, rows: number, training: Training | null): Passed;
}

export interface Passed {
  readonly y: Float32Array;
  /** Of dropout 1 for what is kept, else 0; or the noise that is added. */
  readonly drawn?: Float32Array;
  /** Of a batch its means, then its variances; of rows their inverses. */
  readonly statistics?: Float32Array;
  back(dy: Float32Array): Float32Array;
}

const row = (matrix: Float32Array, i: number, columns: number): Float32Array =>
  matrix.subarray(i * columns, (i + 1) * columns);

function byRow(rows: number, columns: number, of: (i: number) => Float32Array): Float32Array {
  const out = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) out.set(of(i), i * columns);
  return out;
}

/** A stage that tells what it does in training. */
export function noted(name: string, stage: Stage): Stage {
  return {
    ...stage,
    pass(x, rows, training) {
      const passed = stage.pass(x, rows, training);
      if (training === null) return passed;
      const { note } = training;
      const { y, drawn, statistics } = passed;
      note(name, 'y', y);
      if (drawn !== undefined) note(name, 'drawn', drawn);
      if (statistics !== undefined) note(name, 'statistics', statistics);
      return {
        ...passed,
        back(dy) {
          note(name, 'dy', dy);
          const dx = passed.back(dy);
          note(name, 'dx', dx);
          return dx;
        },
      };
    },
  };
}

export function denseStage(inputs: number, kernel: Parameter, bias: Parameter | null, units: number): Stage {
  return {
    units,
    parameters: bias === null ? [kernel] : [kernel, bias],
    pass(x, rows, training) {
      return {
        y: denseForward(x, kernel.values, bias?.values ?? null, rows, inputs, units),
        back(dz) {
          const { gradients, rowSum } = training as Training;
          gradients.set(kernel, weightGradient(x, dz, rows, inputs, units, rowSum));
          if (bias !== null) gradients.set(bias, biasGradient(dz, rows, units, rowSum));
          return inputGradient(dz, kernel.values, rows, inputs, units);
        },
      };
    },
  };
}

/** Of embeddings: nothing comes before it but the data. */
export function lookUpStage(columns: readonly InputColumn[], tables: readonly (Parameter & Table)[]): Stage {
  return {
    units: widthOf(columns, tables),
    parameters: tables,
    pass(x, rows, training) {
      return {
        y: lookUp(x, rows, columns, tables),
        back(dy) {
          const { sparseSum, tables: gradients } = training as Training;
          tables.forEach((table, t) => {
            gradients.set(table, tableGradient(t, x, dy, rows, columns, tables, sparseSum));
          });
          return dy;
        },
      };
    },
  };
}

export function activationStage(units: number, activation: Activation): Stage {
  return {
    units,
    parameters: [],
    pass(z, rows) {
      const a = byRow(rows, units, (i) => activate(activation, row(z, i, units)));
      const at = (i: number) => ({ z: row(z, i, units), a: row(a, i, units) });
      return {
        y: a,
        back: (dy) => byRow(rows, units, (i) => activationGradient(activation, at(i), row(dy, i, units))),
      };
    },
  };
}

export interface Mask {
  readonly seed: number | string;
  readonly stream: number;
  readonly rate: number;
}

export function dropoutStage(units: number, mask: Mask): Stage {
  const scale = f32(1 / (1 - mask.rate));
  return {
    units,
    parameters: [],
    pass(x, _rows, training) {
      if (training === null) return { y: x, back: (dy) => dy };
      const drawn = x.map((_, at) => Number(isKept(mask, training.step, Math.floor(at / units), at % units)));
      const drop = (values: Float32Array) => values.map((value, at) => (drawn[at] === 1 ? mul(value, scale) : 0));
      return { y: drop(x), back: drop, drawn };
    },
  };
}

export interface Noise {
  readonly seed: number | string;
  readonly stream: number;
  readonly stddev: number;
}

export function noiseStage(units: number, noise: Noise): Stage {
  const { stddev } = noise;
  return {
    units,
    parameters: [],
    pass(x, _rows, training) {
      const back = (dy: Float32Array) => dy;
      if (training === null || stddev === 0) return { y: x, back };
      const at = (i: number) => noiseOf(noise, training.step, Math.floor(i / units), i % units);
      const drawn = x.map((_, i) => mul(at(i), f32(stddev)));
      return { y: x.map((value, i) => add(value, drawn[i])), back, drawn };
    },
  };
}

/** `x + f(x)`; backwards the gradient that came, and what `f` makes of it. */
export function residualStage(stages: readonly Stage[], units: number): Stage {
  const sum = (a: Float32Array, b: Float32Array) => a.map((value, i) => add(value, b[i]));
  return {
    units,
    parameters: stages.flatMap(({ parameters }) => parameters),
    pass(x, rows, training) {
      let y = x;
      const passes = stages.map((stage) => {
        const passed = stage.pass(y, rows, training);
        y = passed.y;
        return passed;
      });
      return {
        y: sum(x, y),
        back: (dy) =>
          sum(
            dy,
            passes.reduceRight((gradient, pass) => pass.back(gradient), dy),
          ),
      };
    },
  };
}

export interface BatchNormalization {
  readonly momentum: number;
  readonly epsilon: number;
  readonly gamma: Parameter | null;
  readonly beta: Parameter | null;
  readonly movingMean: Parameter;
  readonly movingVariance: Parameter;
}

/** `(x − mean) · inverse`, scaled and shifted. */
export function normalized(h: number, gamma: number | undefined, beta: number | undefined): number {
  if (gamma === undefined) return beta === undefined ? h : add(h, beta);
  return beta === undefined ? mul(gamma, h) : fma(gamma, h, beta);
}

export function batchNormalizationStage(units: number, of: BatchNormalization): Stage {
  const { gamma, beta, movingMean, movingVariance } = of;
  const inverseOf = (variance: Float32Array) => variance.map((v) => div(1, sqrt(add(v, f32(of.epsilon)))));
  const columns = (element: (j: number) => number) => Float32Array.from({ length: units }, (_, j) => element(j));
  const spread = (x: Float32Array, mean: Float32Array, inverse: Float32Array) =>
    x.map((value, at) => mul(sub(value, mean[at % units]), inverse[at % units]));
  const finished = (h: Float32Array) =>
    h.map((value, at) => normalized(value, gamma?.values[at % units], beta?.values[at % units]));
  const follow = ({ values }: Parameter, batch: Float32Array) => {
    values.forEach((value, j) => {
      values[j] = fma(f32(of.momentum), value, mul(f32(1 - of.momentum), batch[j]));
    });
  };
  return {
    units,
    parameters: [gamma, beta, movingMean, movingVariance].filter((each) => each !== null),
    pass(x, rows, training) {
      if (training === null) {
        const y = finished(spread(x, movingMean.values, inverseOf(movingVariance.values)));
        return { y, back: (dy) => dy };
      }
      const { fixedSum, gradients, afterwards } = training;
      const r = f32(1 / rows);
      const mean = columns((j) =>
        mul(
          fixedSum(rows, (acc, i) => add(acc, x[i * units + j])),
          r,
        ),
      );
      const away = (i: number, j: number) => sub(x[i * units + j], mean[j]);
      const variance = columns((j) =>
        mul(
          fixedSum(rows, (acc, i) => fma(away(i, j), away(i, j), acc)),
          r,
        ),
      );
      const inverse = inverseOf(variance);
      const h = spread(x, mean, inverse);
      afterwards.push(() => {
        follow(movingMean, mean);
        follow(movingVariance, variance);
      });
      return {
        y: finished(h),
        statistics: Float32Array.from([...mean, ...variance]),
        back(dy) {
          const shifts = columns((j) => fixedSum(rows, (acc, i) => add(acc, dy[i * units + j])));
          const scales = columns((j) => fixedSum(rows, (acc, i) => fma(h[i * units + j], dy[i * units + j], acc)));
          if (gamma !== null) gradients.set(gamma, scales);
          if (beta !== null) gradients.set(beta, shifts);
          return dy.map((d, at) => {
            const j = at % units;
            const factor = gamma === null ? inverse[j] : mul(gamma.values[j], inverse[j]);
            return mul(factor, fma(-h[at], mul(scales[j], r), sub(d, mul(shifts[j], r))));
          });
        },
      };
    },
  };
}
