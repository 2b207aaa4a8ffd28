/** Places of a shuffle buffer: which rows of the source stand in them after so many rows went out, without reading any. */
import type { BufferDraws } from './buffer-draws.js';

export class BufferedRows {
  /** Row of the source in each place. */
  readonly rows: number[];
  /** First row of the source that has not entered. */
  readonly next: number;

  /**
   * @param out Rows that went out.
   * @param total Rows of the source; null where all that went out were replaced, so that it does not matter.
   */
  constructor(draws: BufferDraws, capacity: number, out: number, total: number | null) {
    const end = total ?? Number.POSITIVE_INFINITY;
    this.rows = Array.from({ length: Math.min(capacity, end) }, (_, place) => place);
    let next = this.rows.length;
    for (let position = 0; position < out; position += 1) {
      const place = draws.place(position, this.rows.length);
      if (next < end) {
        this.rows[place] = next;
        next += 1;
      } else {
        const last = this.rows.pop() as number;
        if (place < this.rows.length) this.rows[place] = last;
      }
    }
    this.next = next;
  }
}
