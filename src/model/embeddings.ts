/** Layers that look up vectors, which are trained, for the categories that columns of the data hold. */
import * as v from 'valibot';
import { check, fields, integer, type Schema } from '../arguments.js';
import type { TableInputColumn } from '../data/prepare/table-input.js';
import { expected } from '../errors.js';
import { type Initializer, initializerSchema } from './initializers.js';
import { inputShape, name, withoutUndefined } from './layer-entries.js';

/** A binary32 holds every whole number up to this. */
const MOST_CATEGORIES = 0x100_0000;
const MOST_VECTOR = 0xffff;

/** Options of {@link embedding}. */
export interface EmbeddingOptions {
  /** Indices are whole numbers from 0 to below this; from 1 to 2^24. */
  readonly categories: number;
  /** Numbers in the vector that stands for a category, from 1 to 65,535. */
  readonly units: number;
  /** @default 'randomUniform', from −0.05 to 0.05 */
  readonly embeddingsInitializer?: Initializer;
  /** Columns of the data. @default as many as the first data that the model sees */
  readonly inputShape?: readonly [number];
  /** Prefix of the name of its table; no `/`. @default 'embedding_1' */
  readonly name?: string;
}

/** One table of vectors, [categories, units], that every column of the data looks up. */
export interface EmbeddingLayer {
  readonly kind: 'embedding';
  readonly name?: string;
  readonly categories: number;
  readonly units: number;
  readonly embeddingsInitializer?: Initializer;
  readonly inputShape?: readonly [number];
}

/** Options of {@link tableInput}. */
export interface TableInputOptions {
  /** One for each column of the data, in order. */
  readonly columns: readonly TableInputColumn[];
  /** Of all tables. @default 'randomUniform', from −0.05 to 0.05 */
  readonly embeddingsInitializer?: Initializer;
  /** Prefix of the names of its tables; no `/`. @default 'tableInput_1' */
  readonly name?: string;
}

/** Numbers and categories side by side: each column that is an index has a table of its own, [categories, units]. */
export interface TableInputLayer {
  readonly kind: 'tableInput';
  readonly name?: string;
  readonly columns: readonly TableInputColumn[];
  readonly embeddingsInitializer?: Initializer;
  /** As many as there are `columns`. */
  readonly inputShape?: readonly [number];
}

/** A layer that looks up vectors; the first of a model only. */
export type LookUpLayer = EmbeddingLayer | TableInputLayer;

const categories = integer(1, MOST_CATEGORIES);
const units = integer(1, MOST_VECTOR);
const embeddingsInitializer = v.optional(initializerSchema, 'randomUniform');

const embeddingEntries = { categories, units, embeddingsInitializer, inputShape, name };

const columnSchema: Schema<TableInputColumn> = v.pipe(
  fields({
    name: v.pipe(v.string('a string of at least 1 character'), v.minLength(1, 'a string of at least 1 character')),
    categories: v.optional(categories),
    units: v.optional(units),
  }),
  v.check(
    (column) => (column.categories === undefined) === (column.units === undefined),
    '{ name } of a number, or { name, categories, units } of an index,',
  ),
  v.transform(withoutUndefined),
);

const columnsSchema: Schema<readonly TableInputColumn[]> = v.pipe(
  v.array(columnSchema, 'an array of { name } and { name, categories, units }'),
  v.minLength(1, 'at least one column'),
  v.check((columns) => {
    const names = columns.filter((column) => column.categories !== undefined).map((column) => column.name);
    return new Set(names).size === names.length;
  }, 'columns of different names, where they are indices,'),
);

const tableInputEntries = { columns: columnsSchema, embeddingsInitializer, name };

const embeddingOptions = fields(embeddingEntries);
const tableInputOptions = fields(tableInputEntries);

export const embeddingSchema = fields({ kind: v.literal('embedding'), ...embeddingEntries });
export const tableInputSchema = fields({ kind: v.literal('tableInput'), ...tableInputEntries, inputShape });

/**
 * Looks up a vector for each column of the data, all in one table; the first layer of a model only. Columns hold whole numbers
 * from 0 to below `categories`. In training only the rows that a batch looks up are updated (docs/numerics.md, "Optimizers").
 *
 * @example
 * embedding({ categories: 1000, units: 16 })
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function embedding(options: EmbeddingOptions): EmbeddingLayer {
  checkLazy(options, 'embedding');
  return withoutUndefined({ ...check(embeddingOptions, options, 'embedding'), kind: 'embedding' });
}

/**
 * Numbers and categories side by side; the first layer of a model only. What it gives: the numbers, in order, then the vectors
 * of the categories, in order. {@link Preparation.tableInput} makes one for a table.
 *
 * @example
 * tableInput({ columns: [{ name: 'distance' }, { name: 'origin', categories: 300, units: 16 }] })
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function tableInput(options: TableInputOptions): TableInputLayer {
  checkLazy(options, 'tableInput');
  return withoutUndefined({ ...check(tableInputOptions, options, 'tableInput'), kind: 'tableInput' });
}

/** What Keras's Embedding has, and why tables here do not. */
const OF_WHOLE_TABLES = {
  embeddingsRegularizer: 'its penalty would move all rows of a table in every step',
  embeddingsConstraint: 'it would be of all rows of a table, of which a step changes only those that it looks up',
} as const;

function checkLazy(options: unknown, name: string): void {
  if (typeof options !== 'object' || options === null) return;
  for (const [option, reason] of Object.entries(OF_WHOLE_TABLES)) {
    const given = (options as Record<string, unknown>)[option];
    if (given !== undefined) throw expected(`no ${option}, as ${reason},`, `${name}.${option}`, given);
  }
}

export function isLookUp(layer: { readonly kind: string }): layer is LookUpLayer {
  return layer.kind === 'embedding' || layer.kind === 'tableInput';
}

/** A table of a layer. */
export interface EmbeddingTable {
  /** `<layer>/embeddings` or `<layer>/<column>/embeddings`. */
  readonly name: string;
  readonly categories: number;
  readonly units: number;
}

/** A column of x as its layer takes it. */
export interface LookedUpColumn {
  /** Null where it has none. */
  readonly name: string | null;
  /** Which of the layer's tables it looks up; null where it is a number. */
  readonly table: number | null;
}

/** The tables of a named layer in model order. */
export function tablesOf(layer: LookUpLayer): readonly EmbeddingTable[] {
  if (layer.kind === 'embedding') {
    return [{ name: `${layer.name}/embeddings`, categories: layer.categories, units: layer.units }];
  }
  return layer.columns.flatMap((column) => {
    if (column.categories === undefined || column.units === undefined) return [];
    const { categories: rows, units: columns } = column;
    return [{ name: `${layer.name}/${column.name}/embeddings`, categories: rows, units: columns }];
  });
}

/** What each of the `inputs` columns of x is. */
export function lookedUpColumns(layer: LookUpLayer, inputs: number): readonly LookedUpColumn[] {
  if (layer.kind === 'embedding') return Array.from({ length: inputs }, () => ({ name: null, table: 0 }));
  let tables = 0;
  return layer.columns.map((column) => {
    if (column.categories === undefined) return { name: column.name, table: null };
    tables += 1;
    return { name: column.name, table: tables - 1 };
  });
}

/** Numbers that it gives for each row. */
export function lookedUpUnits(layer: LookUpLayer, inputs: number): number {
  if (layer.kind === 'embedding') return inputs * layer.units;
  return layer.columns.reduce((sum, column) => sum + (column.units ?? 1), 0);
}
