import { openTable } from 'samebits';
import { describe, expect, it } from 'vitest';
import { npyBytes as npy } from '../npy-writer.js';
import { pieces } from './mutations.js';

const bytesOf = (array: Float32Array | BigInt64Array): Uint8Array => new Uint8Array(array.buffer);
const read = async (bytes: Buffer, seed = 1) => (await openTable(pieces(bytes, seed), { format: 'npy' })).read();
const GOOD = npy('<f4', '(3, 2)', bytesOf(new Float32Array([1, 2, 3, Number.NaN, 5, 6.5])));

describe('npy', () => {
  it('is read in any pieces', async () => {
    for (let seed = 0; seed < 50; seed += 1) {
      const table = await read(GOOD, seed);
      expect(Array.from(table.column('column_0').values)).toEqual([1, 3, 5]);
      expect(table.cell(1, 'column_1')).toBeNull();
      expect(table.cell(2, 'column_1')).toBe(6.5);
    }
    expect(
      Array.from((await read(npy('<i8', '(2,)', bytesOf(new BigInt64Array([-1n, 7n]))))).columns[0].values),
    ).toEqual([-1, 7]);
    expect((await read(npy('|b1', '(2, 1)', Uint8Array.of(0, 1)))).cell(1, 'column_0')).toBe(true);
  });

  it.each([
    ['rows that are cut off', GOOD.subarray(0, -4)],
    ['more rows than it says', Buffer.concat([GOOD, Buffer.alloc(8)])],
    ['another order', npy('<f4', '(1, 1)', new Uint8Array(4), 'True')],
    ['objects', npy('|O', '(1,)', new Uint8Array(8))],
    ['three dimensions', npy('<f4', '(1, 1, 1)', new Uint8Array(4))],
    ['2^60 columns', npy('<f4', '(1, 1152921504606846976)', new Uint8Array(4))],
    ['no header', Buffer.from('a,b\n1,2\n3,4\n5,6\n')],
  ])('is refused with %s', async (_, bytes) => {
    await expect(read(bytes)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
  });
});
