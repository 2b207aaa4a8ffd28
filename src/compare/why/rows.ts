/** The rows that runs were trained on, found again by their hash. */

import { loadSource } from '../../data/load-source.js';
import type { DataChoice } from '../../data/source.js';
import { shortFingerprint } from '../../format.js';
import type { RunFolder } from '../../runs/open-run.js';
import type { ComparedRows } from '../data.js';
import { loadChoice } from './choice.js';
import type { ExaminedRun } from './examined.js';
import { type Found, orReason } from './found.js';
import { areRows, type GivenRows, hashRows, prepareRows, validationRows } from './given.js';

/**
 * The rows of a run: the first of those given that have its hash, as they are or as its manifest chooses from them; or else
 * what its manifest says they come from.
 *
 * @param given In the order in which they are looked at.
 */
export async function rowsOfRun(
  { folder, setting }: Pick<ExaminedRun, 'folder' | 'setting'>,
  given: readonly GivenRows[],
): Promise<Found<ComparedRows>> {
  const { data } = folder.manifest;
  const { recipe } = setting;
  const wanted = `its data (${data.rows} rows of ${data.columns} columns, hash ${shortFingerprint(data.hash)}…)`;
  const others: string[] = [];
  for (const one of given) {
    const whole = orReason(() => prepareRows(recipe, one));
    if ('missing' in whole) {
      others.push(whole.missing);
      continue;
    }
    const chosen = orReason(() => prepareRows(recipe, one, data.choice));
    for (const rows of [whole, chosen]) {
      if ('value' in rows && (await areRows(rows.value, data))) return rows;
    }
    others.push(`hash ${shortFingerprint(hashRows(whole.value))}…`);
  }
  const loaded = await loadChoice(data.choice, recipe, given);
  if ('value' in loaded) {
    if (await areRows(loaded.value, data)) return loaded;
    return {
      missing: `${wanted}: ${describeSource(data.choice)} holds other data now, hash ${hashRows(loaded.value)}`,
    };
  }
  if (others.length > 0) return { missing: `${wanted}: what was given is other data, ${others.join('; ')}` };
  return { missing: `${wanted}: ${loaded.missing}` };
}

/**
 * The rows that a run was validated on, of those given or of what its manifest says that its data come from: by their hash. Null
 * where they are not at hand, or it was validated on none.
 */
export async function validationOfRun(folder: RunFolder, given: readonly GivenRows[]): Promise<ComparedRows | null> {
  const { recipe, data } = folder.manifest;
  const { validation, choice } = data;
  if (validation === null) return null;
  for (const one of given) {
    const rows = await validationRows(recipe, one, validation);
    if (rows !== null) return rows;
  }
  if (choice.source.kind === 'given') return null;
  const named = await loadSource(choice.source).catch(() => null);
  return named && validationRows(recipe, named, validation);
}

function describeSource({ source }: DataChoice): string {
  if (source.kind === 'folder' || source.kind === 'table') return `the ${source.kind} ${source.path}`;
  return source.kind === 'given' ? source.name : source.kind;
}

/** Where rows first differ. */
export interface RowDifference {
  /** Rows that differ; all beyond the shorter data count. */
  readonly rows: number;
  /** The first, counted from 0. */
  readonly row: number;
  /** Column of `x`; null where only the target or the sample weight differs. */
  readonly column: number | null;
  readonly a: number | null;
  readonly b: number | null;
}

/** The first element in which two tables differ, row by row; null where they are equal. */
export function compareRows(a: ComparedRows, b: ComparedRows): RowDifference | null {
  if (a.x.columns !== b.x.columns)
    return { rows: Math.max(a.x.rows, b.x.rows), row: 0, column: null, a: null, b: null };
  const [targetsA, targetsB] = [targetsOf(a), targetsOf(b)];
  const common = Math.min(a.x.rows, b.x.rows);
  let rows = Math.max(a.x.rows, b.x.rows) - common;
  let first: RowDifference | null = null;
  for (let row = 0; row < common; row += 1) {
    const column = differingAt(a.x.data, b.x.data, row, a.x.columns);
    const target = differingAt(targetsA, targetsB, row, targetsA.length / a.x.rows);
    const weighs = !Object.is(weightOf(a, row), weightOf(b, row));
    if (column === null && target === null && !weighs) continue;
    rows += 1;
    if (first !== null) continue;
    if (column === null && target === null) {
      first = { rows: 0, row, column, a: weightOf(a, row), b: weightOf(b, row) };
      continue;
    }
    const [from, to, at] = column === null ? [targetsA, targetsB, target as number] : [a.x.data, b.x.data, column];
    const width = from.length / a.x.rows;
    first = { rows: 0, row, column, a: from[row * width + at], b: to[row * width + at] };
  }
  if (first !== null) return { ...first, rows };
  return rows === 0 ? null : { rows, row: common, column: null, a: null, b: null };
}

/** 1 where rows have no weights. */
function weightOf({ weights }: ComparedRows, row: number): number {
  return weights ? weights[row] : 1;
}

function targetsOf({ y }: ComparedRows): ArrayLike<number> {
  return y instanceof Uint32Array ? y : y.data;
}

function differingAt(a: ArrayLike<number>, b: ArrayLike<number>, row: number, width: number): number | null {
  for (let i = 0; i < width; i += 1) if (!Object.is(a[row * width + i], b[row * width + i])) return i;
  return null;
}
