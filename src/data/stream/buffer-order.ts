/** The order of a shuffle buffer over rows that are all in memory (docs/numerics.md, "Shuffle buffer"). */
import type { Seed } from '../../random/seed.js';
import { BufferDraws } from './buffer-draws.js';

/** Row numbers, as an epoch of a stream of so many rows presents them. */
export function bufferOrder(seed: Seed, epoch: number, shuffleBuffer: number, rows: number): Uint32Array {
  const draws = new BufferDraws(seed, epoch);
  let taken = Math.min(shuffleBuffer, rows);
  const places = Uint32Array.from({ length: taken }, (_, place) => place);
  let next = taken;
  const order = new Uint32Array(rows);
  for (let position = 0; position < rows; position += 1) {
    const place = draws.place(position, taken);
    order[position] = places[place];
    if (next < rows) {
      places[place] = next;
      next += 1;
    } else {
      taken -= 1;
      places[place] = places[taken];
    }
  }
  return order;
}
