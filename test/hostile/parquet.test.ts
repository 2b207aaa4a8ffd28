/** Parquet files made to take memory: what a few bytes claim is refused before anything is made of it. */
import { closeSync, ftruncateSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { openTable } from 'samebits';
import { describe, expect, it } from 'vitest';
import { checkGroups } from '../../dist/data/table/parquet-pages.js';
import { flatColumns } from '../../dist/data/table/parquet-schema.js';
import { checkStruct } from '../../dist/data/table/parquet-thrift.js';
import { refusal } from '../data/table/reading.js';
import { freshPath } from '../runs/folder.js';

const MAGIC = Buffer.from('PAR1');

/** Thrift's number of any length. */
function varint(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) | 128);
  return [...bytes, left];
}

/** What ends a file: metadata of these bytes, or of so many as `claimed`. */
function ending(metadata: Uint8Array, claimed = metadata.length): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(claimed);
  return Buffer.concat([metadata, length, MAGIC]);
}

async function messageOf(path: string): Promise<string> {
  const { code, message } = await refusal(openTable(path));
  expect(code).toBe('ERR_SAMEBITS_FILE');
  return message;
}

const FIELD_OF_LIST = 0x19;
const LONG_LIST_OF = { lists: 0xf9, structs: 0xfc, bytes: 0xf3, numbers: 0xf6, booleans: 0xf1 };
/** A list that hyparquet would make at once: 256 MiB of places. */
const HUGE = [LONG_LIST_OF.lists, ...varint(2 ** 25 - 1)];

describe('metadata of Parquet', () => {
  it.each<[string, Uint8Array, RegExp]>([
    [
      'lists in lists, each of 256 MiB',
      Buffer.from([FIELD_OF_LIST, ...Array(8).fill(HUGE).flat()]),
      /a list of 33554431 in 35 bytes/,
    ],
    ['a list of 2^60', Buffer.from([FIELD_OF_LIST, LONG_LIST_OF.bytes, ...varint(2 ** 60), 0]), /a list of 1152921504/],
    ['structs in structs', Buffer.alloc(100_000, 0x1c), /more than 24 structs and lists within each other/],
    ['lists in lists', Buffer.concat([Buffer.of(FIELD_OF_LIST), Buffer.alloc(100_000, FIELD_OF_LIST)]), /more than 24/],
    [
      'structs of nothing',
      Buffer.concat([
        Buffer.from([FIELD_OF_LIST, LONG_LIST_OF.structs, ...varint(5_000_000)]),
        Buffer.alloc(5_000_001),
      ]),
      /more fields and elements than any file needs/,
    ],
    ['fields beyond all that there are', Buffer.alloc(10_000, 0x11), /a struct of more than 64 fields/],
    ['a number without an end', Buffer.concat([Buffer.of(0x16), Buffer.alloc(100_000, 0xff)]), /more than 10 bytes/],
    ['a text beyond the end', Buffer.from([0x18, ...varint(1000), 0]), /a value of 1000 in 1 bytes/],
    ['a map', Buffer.of(0x1b, 0), /type 11/],
    ['no end', Buffer.of(0x15, 2), /a struct that does not end/],
    ['nothing', Buffer.alloc(0), /a struct that does not end/],
  ])('is refused: %s', async (_, metadata, message) => {
    const path = `${freshPath()}.parquet`;
    writeFileSync(path, Buffer.concat([MAGIC, ending(metadata)]));
    expect(await messageOf(path)).toMatch(message);
  });

  it('is refused where it would be most of a large file', async () => {
    const path = `${freshPath()}.parquet`;
    const bytes = 2 ** 31;
    const file = openSync(path, 'w');
    // A hole that takes no space on the disk.
    ftruncateSync(file, bytes);
    writeSync(file, ending(Buffer.alloc(0), bytes - 12), 0, 8, bytes - 8);
    closeSync(file);
    expect(await messageOf(path)).toMatch(/metadata of 2147483636 bytes in a file of 2147483648/);
  });

  it('is refused where there is less of it, or none', async () => {
    const path = `${freshPath()}.parquet`;
    for (const [bytes, message] of [
      [Buffer.concat([MAGIC, ending(Buffer.alloc(3), 5)]), /metadata of 5 bytes in a file of 15/],
      [Buffer.from('PAR1PAR'), /7 bytes/],
      [Buffer.from('PAR1 is no such file'), /does not end with PAR1/],
    ] as const) {
      writeFileSync(path, bytes);
      expect(await messageOf(path)).toMatch(message);
    }
  });

  it('may be that of hundreds of columns in dozens of groups', async () => {
    const path = `${freshPath()}.parquet`;
    const dataOf = (column: number) => Float64Array.from({ length: 100 }, (_, row) => 100 * column + row);
    const columnData = Array.from({ length: 300 }, (_, i) => ({
      name: `c${i}`,
      data: dataOf(i),
      type: 'DOUBLE' as const,
    }));
    writeFileSync(path, Buffer.from(parquetWriteBuffer({ columnData, rowGroupSize: 2 })));
    const table = await openTable(path);
    expect([table.description.length, await table.count()]).toEqual([300, 100]);
    const { columns } = await table.read();
    for (const [column, { values }] of columns.entries()) expect(values).toEqual(dataOf(column));
  });

  it('is as long as it says: numbers of every kind, booleans in lists, and texts are passed over', () => {
    const number = [0x16, ...varint(2 ** 40), 0x06, ...varint(6), 1];
    const bytes = [0x13, 0xff];
    const double = [0x17, ...Array(8).fill(0xff)];
    const flags = [FIELD_OF_LIST, 0x21, 1, 2, 0x11, 0x12];
    const text = [0x18, 3, 0, 0, 0];
    const inner = [0x1c, ...text, 0];
    const struct = Uint8Array.from([...number, ...bytes, ...double, ...flags, ...text, ...inner, 0]);
    expect(() => checkStruct(struct, 0, 14)).not.toThrow();
    expect(() => checkStruct(struct, 0, 10)).toThrow(/more fields and elements/);
    for (let end = 0; end < struct.length; end += 1) {
      expect(() => checkStruct(struct.subarray(0, end), 0, 14), `${end} bytes`).toThrow(/bytes|does not end/);
    }
  });
});

describe('row groups of Parquet', () => {
  it('are refused: columns that are one value over and over', () => {
    const rows = 1 << 23;
    const column = { meta_data: { data_page_offset: 4n, total_compressed_size: 50n } };
    const group = { num_rows: BigInt(rows), columns: Array(17).fill(column) };
    const check = (leaves: number, bytes: number) => () =>
      checkGroups(
        { row_groups: [group] } as never,
        Array.from({ length: leaves }, (_, i) => i),
        bytes,
      );
    // 2^27 cells are what any file may have.
    expect(check(16, 1000)).not.toThrow();
    expect(check(17, 1000)).toThrow(/a group of 142606336 cells in 850 bytes/);
    column.meta_data.total_compressed_size = 5_000_000n;
    expect(check(17, 5_000_004)).not.toThrow();
  });

  it('are refused: a column without a name', () => {
    const root = { name: 'root', num_children: 1 };
    expect(flatColumns([root, { name: 'a', type: 'INT32' }], []).all).toEqual(['a']);
    expect(() => flatColumns([root, { type: 'INT32' } as never], [])).toThrow(/a column without a name/);
  });
});
