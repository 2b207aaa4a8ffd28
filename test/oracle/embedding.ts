/** Layers that look up rows of tables (docs/numerics.md, sections 3 and 5). Matrices are row-major. */
import { add } from './arithmetic.js';
import type { Parameter } from './optimizers.js';
import type { Initializer } from './random.js';
import type { StepOrder } from './rows.js';

/** One table for all columns of x. */
export interface EmbeddingLayer {
  readonly kind: 'embedding';
  readonly categories: number;
  readonly units: number;
  readonly embeddingsInitializer: Initializer;
  /** Default: `embedding_1`. */
  readonly name?: string;
}

/** One entry for each column of x; without `categories` it is a number. */
export interface TableInputLayer {
  readonly kind: 'tableInput';
  readonly columns: readonly { readonly name: string; readonly categories?: number; readonly units?: number }[];
  readonly embeddingsInitializer: Initializer;
  /** Default: `tableInput_1`. */
  readonly name?: string;
}

export type LookUpLayer = EmbeddingLayer | TableInputLayer;

/** A table as its layer describes it. */
export interface TableShape {
  readonly name: string;
  readonly categories: number;
  readonly units: number;
}

/** The tables of a layer in model order, and what each of `inputs` columns of x is. */
export function tablesOf(layer: LookUpLayer, inputs: number): { tables: TableShape[]; columns: InputColumn[] } {
  const name = layer.name ?? `${layer.kind}_1`;
  if (layer.kind === 'embedding') {
    const { categories, units } = layer;
    const columns = Array.from({ length: inputs }, () => ({ table: 0 }));
    return { tables: [{ name: `${name}/embeddings`, categories, units }], columns };
  }
  const tables: TableShape[] = [];
  const columns = layer.columns.map(({ name: column, categories, units }) => {
    if (categories === undefined || units === undefined) return { table: null };
    tables.push({ name: `${name}/${column}/embeddings`, categories, units });
    return { table: tables.length - 1 };
  });
  return { tables, columns };
}

/** A column of x: a number, or an index into a table. */
export interface InputColumn {
  /** Index of its table; null for a number. */
  readonly table: number | null;
}

export interface Table {
  readonly categories: number;
  readonly units: number;
  readonly values: Float32Array;
}

/** Where a column of x goes: its first output. */
export interface Place extends InputColumn {
  readonly column: number;
  readonly output: number;
}

/** Numbers first, in order, then vectors, in order. */
export function placesOf(columns: readonly InputColumn[], tables: readonly { readonly units: number }[]): Place[] {
  const numbered = columns.map(({ table }, column) => ({ table, column }));
  let output = 0;
  return [...numbered.filter(({ table }) => table === null), ...numbered.filter(({ table }) => table !== null)].map(
    ({ table, column }) => {
      const place = { table, column, output };
      output += table === null ? 1 : tables[table].units;
      return place;
    },
  );
}

export function widthOf(columns: readonly InputColumn[], tables: readonly { readonly units: number }[]): number {
  return columns.reduce((sum, { table }) => sum + (table === null ? 1 : tables[table].units), 0);
}

/** The row of a table that a value of x chooses. */
export function categoryOf(value: number, categories: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= categories) throw new Error(`${value} is no category`);
  return value === 0 ? 0 : value;
}

/** [rows, width] from x [rows, columns]. */
export function lookUp(
  x: Float32Array,
  rows: number,
  columns: readonly InputColumn[],
  tables: readonly Table[],
): Float32Array {
  const width = widthOf(columns, tables);
  const out = new Float32Array(rows * width);
  for (let i = 0; i < rows; i++) {
    for (const { table, column, output } of placesOf(columns, tables)) {
      const value = x[i * columns.length + column];
      const at = i * width + output;
      if (table === null) {
        out[at] = value;
        continue;
      }
      const { categories, units, values } = tables[table];
      const category = categoryOf(value, categories);
      out.set(values.subarray(category * units, (category + 1) * units), at);
    }
  }
  return out;
}

/** A sum in which nothing may have a term: null then. */
type Partial = number | null;

/** What the order of a batch makes of sums of rows, some of which have none. */
export type SparseRowSum = (rows: number, extend: (acc: Partial, row: number) => Partial) => Partial;

const merged = (left: Partial, right: Partial): Partial =>
  left === null ? right : right === null ? left : add(left, right);

/** The tree over rows; a leaf of positions is `batchLeaf` rows. */
export const fixedSparse =
  (batchLeaf: number): SparseRowSum =>
  (rows, extend) => {
    let level: Partial[] = [];
    for (let start = 0; start < rows; start += batchLeaf) {
      let acc: Partial = null;
      for (let i = start; i < Math.min(start + batchLeaf, rows); i++) acc = extend(acc, i);
      level.push(acc);
    }
    while (level.length > 1) {
      const next: Partial[] = [];
      for (let i = 0; i < level.length; i += 2)
        next.push(i + 1 < level.length ? merged(level[i], level[i + 1]) : level[i]);
      level = next;
    }
    return level[0];
  };

/** A recorded step: units of `grain` rows in chains, and merges. */
export const freeSparse =
  ({ chains, merges }: StepOrder, grain: number): SparseRowSum =>
  (rows, extend) => {
    const sums = chains.map((units) =>
      units.reduce<Partial>((sum, unit) => {
        let acc = sum;
        for (let row = unit * grain; row < Math.min((unit + 1) * grain, rows); row++) acc = extend(acc, row);
        return acc;
      }, null),
    );
    const left = new Set(sums.keys());
    for (const { into, from } of merges) {
      sums[into] = merged(sums[into], sums[from]);
      left.delete(from);
    }
    const [last] = left;
    return sums[last];
  };

/** Sums [categories, units] of one table, and which of its rows have terms. */
export interface TableGradient {
  readonly sums: Float32Array;
  readonly touched: readonly boolean[];
}

/** From dy [rows, width] at the layer's outputs. */
export function tableGradient(
  table: number,
  x: Float32Array,
  dy: Float32Array,
  rows: number,
  columns: readonly InputColumn[],
  tables: readonly Table[],
  rowSum: SparseRowSum,
): TableGradient {
  const { categories, units } = tables[table];
  const width = widthOf(columns, tables);
  const places = placesOf(columns, tables).filter((place) => place.table === table);
  const sums = new Float32Array(categories * units);
  const touched = new Array<boolean>(categories).fill(false);
  for (let c = 0; c < categories; c++) {
    for (let u = 0; u < units; u++) {
      const sum = rowSum(rows, (acc, i) =>
        places.reduce<Partial>((chain, { column, output }) => {
          if (categoryOf(x[i * columns.length + column], categories) !== c) return chain;
          return add(chain ?? 0, dy[i * width + output + u]);
        }, acc),
      );
      touched[c] = sum !== null;
      sums[c * units + u] = sum ?? 0;
    }
  }
  return { sums, touched };
}

/** The rows of a table that have a gradient, each as a parameter of its own: the others are not updated. */
export function* touchedRows(
  { name, shape, values, state }: Parameter,
  { sums, touched }: TableGradient,
): Iterable<{ parameter: Parameter; sums: Float32Array }> {
  const [categories, units] = shape;
  const rowOf = (tensor: Float32Array, c: number) => tensor.subarray(c * units, (c + 1) * units);
  for (let c = 0; c < categories; c++) {
    if (!touched[c]) continue;
    const rowState = Object.fromEntries(Object.entries(state).map(([slot, tensor]) => [slot, rowOf(tensor, c)]));
    const row: Parameter = { name, shape: [units], values: rowOf(values, c), state: rowState, neverDecays: true };
    yield { parameter: row, sums: rowOf(sums, c) };
  }
}
