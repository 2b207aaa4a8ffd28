/** What is to be predicted: which task it is, and which classes there are (docs/data.md, "The task"). */
import { expected } from '../../errors.js';
import { expectedAt } from '../table/cell-error.js';
import { type Column, type ColumnDescription, cellAt, isMissing } from '../table/column.js';
import { scalingOf } from './fit-columns.js';
import type { ClassValue, FittedTarget } from './fitted.js';
import { Moments } from './moments.js';
import type { Scale, Task } from './options.js';

/** Labels beyond are no classes. */
const MOST_CLASSES = 65_536;
/** Numbers are taken for labels up to so many of them, unless the task is given. */
const MOST_NUMBERED = 100;

/** Learns how the numbers of a regression are scaled, batch after batch; a value that is missing is another's to refuse. */
export class TargetScale {
  readonly #name: string;
  readonly #scale: Scale;
  readonly #moments = new Moments();

  constructor({ name, type }: ColumnDescription, scale: Scale) {
    this.#name = name;
    // Only numbers can be a regression's.
    this.#scale = type === 'number' ? scale : 'none';
  }

  see({ values }: Column): void {
    if (this.#scale === 'none') return;
    for (let row = 0; row < values.length; row += 1) if (!Number.isNaN(values[row])) this.#moments.add(values[row]);
  }

  /** Nothing where numbers stay what they are: a preparation does not speak of it then. */
  finish(): Pick<FittedTarget, 'scaling'> {
    if (this.#scale === 'none') return {};
    const { center, divisor } = scalingOf(this.#moments, this.#scale, () => null, this.#name);
    return { scaling: { center, divisor } };
  }
}

/** Learns of the target, batch after batch. */
export class TargetFitter {
  readonly #name: string;
  readonly #type: FittedTarget['type'];
  readonly #task: Task | null;
  readonly #classes = new Map<ClassValue, number>();
  readonly #most: number;
  readonly #scale: TargetScale;

  constructor({ name, type }: ColumnDescription, task: Task | null, scale: Scale = 'none') {
    const allowed = type === 'number' || (type !== 'date' && task !== 'regression');
    if (!allowed) {
      const what = task === 'regression' ? 'a column of numbers for a regression' : 'numbers, categories or booleans';
      throw expected(what, `the target ${JSON.stringify(name)}`, type, 'ERR_SAMEBITS_DATA');
    }
    this.#name = name;
    this.#type = type as FittedTarget['type'];
    this.#task = task;
    this.#scale = new TargetScale({ name, type }, scale);
    // One more than can be: enough to know that there are too many.
    this.#most = type === 'number' && task === null ? MOST_NUMBERED + 1 : MOST_CLASSES + 1;
  }

  see(column: Column, firstRow: number): void {
    this.#scale.see(column);
    const counted = this.#task !== 'regression';
    for (let row = 0; row < column.values.length; row += 1) {
      if (isMissing(column.type, column.values[row])) {
        const place = { source: 'the table', row: firstRow + row, column: this.#name };
        throw expectedAt('a value of the target', place, null);
      }
      if (counted) this.#count(classAt(column, row));
    }
  }

  finish(): FittedTarget {
    const [name, type] = [this.#name, this.#type];
    const classes = inOrder([...this.#classes.keys()]);
    const task = this.#task ?? this.#infer(classes);
    if (task === 'regression') return { name, type, task, classes: null, ...this.#scale.finish() };
    const wanted = task === 'binary' ? '2 classes' : `from 2 to ${MOST_CLASSES} classes`;
    if (classes.length < 2 || classes.length > (task === 'binary' ? 2 : MOST_CLASSES)) {
      throw expected(wanted, `the target ${JSON.stringify(name)}`, classes.length, 'ERR_SAMEBITS_DATA');
    }
    return { name, type, task, classes };
  }

  /** Rows of each class, in the order of the classes. */
  get counts(): readonly number[] {
    return inOrder([...this.#classes.keys()]).map((value) => this.#classes.get(value) as number);
  }

  #count(value: ClassValue): void {
    const count = this.#classes.get(value);
    if (count !== undefined) this.#classes.set(value, count + 1);
    else if (this.#classes.size < this.#most) this.#classes.set(value, 1);
  }

  #infer(classes: readonly ClassValue[]): Task {
    if (classes.length === 2) return 'binary';
    if (this.#type !== 'number') return 'multiclass';
    const numbered = classes.length > 2 && classes.length <= MOST_NUMBERED;
    return numbered && classes.every((value, index) => value === index) ? 'multiclass' : 'regression';
  }
}

export function classAt(column: Column, row: number): ClassValue {
  const cell = cellAt(column, row) as ClassValue;
  // Zeros have no sign.
  return typeof cell === 'number' ? cell + 0 : cell;
}

function inOrder(classes: ClassValue[]): ClassValue[] {
  return classes.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
}
