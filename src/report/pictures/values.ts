/** Values of pictures as they come: from memory, or from JSON, where what is not finite is a text. */
import { decodeNumber } from '../numbers.js';

export function decodeValues(values: readonly unknown[]): number[] {
  return values.map(decodeNumber);
}
