/**
 * Stratified orders of rows (docs/numerics.md, "Stratified shuffle"): after any number of rows each class has had its
 * share, to less than one row.
 *
 * Baruah, Cohen, Plaxton and Varvel, "Proportionate Progress: A Notion of Fairness in Resource Allocation", 1996: row `k` of
 * a class with the share `w` may come from position `floor(k / w)` on, and is due by `ceil((k + 1) / w)`; taking the one that
 * is due first keeps all dates.
 */

/**
 * The class of the row at each position of an epoch. Of the order of rows inside a class it says nothing, and so it is the
 * same for all epochs.
 *
 * @param classes The class of each row, counted from 0.
 */
export function stratifiedPattern(classes: Uint32Array): Uint32Array {
  const rows = classes.length;
  const windows = countsOf(classes).map((count) => (count === 0 ? null : new Window(rows, count)));
  const waiting = new ByDueDate(windows);
  // Classes whose next row may come from a position on, in lists by that position.
  const first = new Int32Array(rows + 1).fill(-1);
  const next = new Int32Array(windows.length);
  const release = (index: number, from: number): void => {
    next[index] = first[from];
    first[from] = index;
  };
  windows.forEach((window, index) => {
    if (window !== null) release(index, window.from);
  });
  const pattern = new Uint32Array(rows);
  for (let position = 0; position < rows; position += 1) {
    for (let index = first[position]; index >= 0; index = next[index]) waiting.add(index);
    const taken = waiting.takeFirst();
    pattern[position] = taken;
    const window = windows[taken] as Window;
    window.advance();
    release(taken, Math.max(window.from, position + 1));
  }
  return pattern;
}

/**
 * Rows in the order of `pattern`, those of each class in the order in which `shuffled` has them.
 *
 * @param shuffled A permutation of the rows.
 */
export function stratify(shuffled: Uint32Array, classes: Uint32Array, pattern: Uint32Array): Uint32Array {
  const ends = countsOf(classes);
  for (let index = 1; index < ends.length; index += 1) ends[index] += ends[index - 1];
  // Where the next row of each class stands among the rows sorted by class.
  const starts = Uint32Array.from(ends, (_, index) => (index === 0 ? 0 : ends[index - 1]));
  const places = starts.slice();
  const byClass = new Uint32Array(shuffled.length);
  for (const row of shuffled) {
    byClass[places[classes[row]]] = row;
    places[classes[row]] += 1;
  }
  return pattern.map((index) => {
    const row = byClass[starts[index]];
    starts[index] += 1;
    return row;
  });
}

function countsOf(classes: Uint32Array): number[] {
  const counts: number[] = [];
  for (const index of classes) {
    while (counts.length <= index) counts.push(0);
    counts[index] += 1;
  }
  return counts;
}

/** When the next row `k` of a class may come, and when it is due. Quotients go on by addition: no product is too large. */
class Window {
  readonly #quotient: number;
  readonly #remainder: number;
  readonly #count: number;
  /** `k · rows mod count`. */
  #rest = 0;
  /** `floor(k · rows / count)` */
  from = 0;

  constructor(rows: number, count: number) {
    this.#quotient = Math.floor(rows / count);
    this.#remainder = rows % count;
    this.#count = count;
  }

  /** `ceil((k + 1) · rows / count)` */
  get due(): number {
    const rest = this.#rest + this.#remainder;
    return this.from + this.#quotient + (rest === 0 ? 0 : rest > this.#count ? 2 : 1);
  }

  advance(): void {
    this.from += this.#quotient;
    this.#rest += this.#remainder;
    if (this.#rest >= this.#count) {
      this.#rest -= this.#count;
      this.from += 1;
    }
  }
}

/** A binary heap of classes: the one that is due first on top, of equals the lowest. */
class ByDueDate {
  readonly #windows: readonly (Window | null)[];
  readonly #heap: number[] = [];
  readonly #due: Float64Array;

  constructor(windows: readonly (Window | null)[]) {
    this.#windows = windows;
    this.#due = new Float64Array(windows.length);
  }

  add(index: number): void {
    this.#due[index] = (this.#windows[index] as Window).due;
    let at = this.#heap.push(index) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#precedes(this.#heap[parent], index)) break;
      this.#heap[at] = this.#heap[parent];
      at = parent;
    }
    this.#heap[at] = index;
  }

  takeFirst(): number {
    const heap = this.#heap;
    const [top] = heap;
    const last = heap.pop() as number;
    const { length } = heap;
    if (length === 0) return top;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child + 1 < length && this.#precedes(heap[child + 1], heap[child])) child += 1;
      if (child >= length || this.#precedes(last, heap[child])) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = last;
    return top;
  }

  #precedes(a: number, b: number): boolean {
    return this.#due[a] < this.#due[b] || (this.#due[a] === this.#due[b] && a < b);
  }
}
