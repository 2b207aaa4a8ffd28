/** Made-up data (docs/numerics.md, section 14). */
import { add, f32, mul } from './arithmetic.js';
import { tanh } from './elementary.js';
import { below, normalNumber, openStream } from './random.js';

export interface MadeUp {
  readonly problem: 'regression' | 'classes';
  readonly columns: number;
  readonly classes: number;
  readonly noise: number;
  readonly majority?: number;
  readonly seed: number | string;
}

export interface MadeUpRows {
  readonly x: Float32Array;
  /** Targets, or labels. */
  readonly y: Float32Array | Uint32Array;
}

type Part = 'train' | 'test';

export function makeUp(source: MadeUp, part: Part, rows: number): MadeUpRows {
  return source.problem === 'regression' ? regression(source, part, rows) : clusters(source, part, rows);
}

function stream({ seed }: MadeUp, name: string) {
  return openStream({ seed, generator: 'philox' }, name, 0);
}

function regression(source: MadeUp, part: Part, rows: number): MadeUpRows {
  const d = source.columns;
  const r = f32(1 / Math.sqrt(d));
  const [linear, directions] = [stream(source, 'data/linear'), stream(source, 'data/directions')];
  const [values, errors] = [stream(source, `data/${part}/x`), stream(source, `data/${part}/noise`)];
  const x = Float32Array.from({ length: rows * d }, (_, i) => normalNumber(values, i, 0));
  const along = (row: number, factor: (j: number) => number): number => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum = add(sum, mul(x[row * d + j], factor(j)));
    return sum;
  };
  const y = Float32Array.from({ length: rows }, (_, row) => {
    let sum = along(row, (j) => mul(normalNumber(linear, j, 0), r));
    for (let k = 0; k < 4; k++) {
      sum = add(sum, tanh(along(row, (j) => mul(normalNumber(directions, k * d + j, 0), r))));
    }
    return add(sum, mul(normalNumber(errors, row, 0), f32(source.noise)));
  });
  return { x, y };
}

function clusters(source: MadeUp, part: Part, rows: number): MadeUpRows {
  const { columns: d, classes: c, noise, majority = 1 / c } = source;
  const scale = f32(2 / Math.sqrt(d));
  const words = stream(source, `data/${part}/labels`);
  const [values, centers] = [stream(source, `data/${part}/x`), stream(source, 'data/centers')];
  const threshold = BigInt(Math.floor(majority * 2 ** 32));
  const x = new Float32Array(rows * d);
  const y = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) {
    const p = BigInt(words(Math.floor(row / 2), 2 * (row % 2), 0));
    const q = BigInt(words(Math.floor(row / 2), 2 * (row % 2) + 1, 0));
    const label = p < threshold ? 0 : 1 + Number(((q / 2n) * BigInt(c - 1)) / 2n ** 31n);
    y[row] = label;
    for (let j = 0; j < d; j++) {
      const center = mul(normalNumber(centers, (2 * label + Number(q % 2n)) * d + j, 0), scale);
      x[row * d + j] = add(mul(normalNumber(values, row * d + j, 0), f32(noise)), center);
    }
  }
  return { x, y };
}

/** Rows drawn with replacement. */
export function bootstrap(seed: number | string, rows: number): Uint32Array {
  const draw = openStream({ seed, generator: 'philox' }, 'data/bootstrap', 0);
  return Uint32Array.from({ length: rows }, (_, i) =>
    below(rows, (attempt) => draw(Math.floor(i / 4), i % 4, attempt)),
  );
}
