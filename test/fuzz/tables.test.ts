import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openTable, type Table, type TableFormat } from 'samebits';
import { describe, expect, it } from 'vitest';
import { idxBytes, pixels } from '../data/idx-writer.js';
import { npyBytes } from '../data/npy-writer.js';
import { FILES, fuzz, gently, TIMEOUT } from './fuzz.js';
import { type Dice, mutate, mutateNumbers, mutateText } from './mutations.js';

const CSV = Buffer.from(`id,price,city,"when, UTC",open
1,2.5,"São ""Paulo""",2024-01-31T10:00:00Z,true
2,-1e-3,Łódź,,false
3,,"a
b",2023-02-28,NA
`);
const JSON_LINES = Buffer.from(`{"id":1,"price":2.5,"city":"São Paulo","when":"2024-01-31","open":true}
{"id":2,"price":null,"city":"Łódź","open":false}
{"id":3,"city":"a\\nb","when":"2023-02-28"}
`);
const ARRAYS = Buffer.from('[1,"a",true,2.5]\n[2,"b",null,-1e3]\n[3,null,false,0]\n');

const inCsv = mutateText(['"', '""', ',', '\n', '\r\n', ';', '\t', '\0', 'é', '\ufeff', 'NaN', '1e999', '__proto__']);
const inJson = mutateText([
  '{',
  '}',
  '[',
  ']',
  ':',
  ',',
  '"',
  '\\',
  '\\ud800',
  '\n',
  '[[[[[[',
  '"__proto__":',
  '1e999',
]);

interface Format {
  readonly format: TableFormat;
  /** Good files. */
  readonly files: readonly Buffer[];
  readonly mutation: (bytes: Buffer, dice: Dice) => Buffer;
}

const FORMATS: Readonly<Record<string, Format>> = {
  CSV: { format: 'csv', files: [CSV], mutation: inCsv },
  TSV: { format: 'tsv', files: [Buffer.from(CSV.toString().replaceAll(',', '\t'))], mutation: inCsv },
  'JSON lines': {
    format: 'jsonl',
    files: [JSON_LINES, ARRAYS],
    mutation: (bytes, dice) => (dice.below(2) === 0 ? mutate : inJson)(bytes, dice),
  },
  npy: {
    format: 'npy',
    files: [
      npyBytes('<f4', '(3, 2)', new Uint8Array(Float32Array.of(1, 2, 3, Number.NaN, 5, 6.5).buffer)),
      npyBytes('<i8', '(2,)', new Uint8Array(BigInt64Array.of(-1n, 7n).buffer)),
    ],
    mutation: (bytes, dice) =>
      (dice.below(2) === 0 ? mutateNumbers : mutateText(["'", '(', ')', ',', '<f8', '|O', '9', '999999999999999']))(
        bytes,
        dice,
      ),
  },
};

/** What came of a damaged file holds together. */
function check(table: Table, what: string): Table {
  for (const column of table.columns) {
    expect(column.values.length, what).toBe(table.rows);
    if (column.type === 'number' || column.type === 'date') {
      expect(
        column.values.every((value) => Math.abs(value) !== Number.POSITIVE_INFINITY),
        what,
      ).toBe(true);
    }
    if (column.type === 'category') {
      expect(
        column.categories.every((text) => typeof text === 'string'),
        what,
      ).toBe(true);
    }
  }
  return table;
}

/** The bytes in pieces of changing lengths, as a stream may bring them. */
async function* pieces(bytes: Uint8Array, dice: Dice): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + dice.below(100));
    yield bytes.subarray(at, end);
    at = end;
  }
}

const CODES = ['ERR_SAMEBITS_FILE', 'ERR_SAMEBITS_DATA', 'ERR_SAMEBITS_SHAPE'] as const;

describe.each(Object.entries(FORMATS))('damaged %s', (name, { format, files, mutation }) => {
  it(`gives a table or a typed error: ${FILES} files`, TIMEOUT, async () => {
    const { read, refused } = await fuzz(name, FILES, ({ dice, what }) => {
      const bytes = mutation(dice.of(files), dice);
      return gently(
        what,
        async () => check(await (await openTable(pieces(bytes, dice), { format })).read(), what),
        CODES,
      );
    });
    // Some damages change a value, others break the file: a test that saw one kind only would test nothing.
    expect(read).toBeGreaterThan(FILES / 50);
    expect(refused).toBeGreaterThan(FILES / 20);
  });
});

const COMPRESSED: readonly (readonly [name: string, bytes: Buffer])[] = [
  ['rows.csv.gz', CSV],
  ['rows.jsonl.gz', JSON_LINES],
  ['rows.npy.gz', FORMATS.npy.files[0]],
  ['rows-images-idx3-ubyte.gz', idxBytes(0x08, [5, 2, 3], pixels(30))],
];
const ELEMENTS = [0x08, 0x09, 0x0b, 0x0c, 0x0d, 0x0e];

describe('a damaged file', () => {
  it(`of IDX gives a table or a typed error: ${FILES} files`, TIMEOUT, async () => {
    const { read, refused } = await fuzz('IDX', FILES, ({ dice, folder, what }) => {
      const path = join(folder, 'some-images-idx3-ubyte');
      const good = idxBytes(dice.of(ELEMENTS), [2, 2, 3], pixels(12 * dice.of([1, 2, 4, 8])));
      writeFileSync(path, mutateNumbers(good, dice));
      return gently(what, async () => check(await (await openTable(path)).read(), what), CODES);
    });
    expect(read).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(FILES / 2);
  });

  // Nothing of ours, and a thread of its own inflates each.
  const few = Math.ceil(FILES / 10);
  it(`that is compressed gives a table or a typed error: ${few} files`, TIMEOUT, async () => {
    const { read, refused } = await fuzz('gzip', few, ({ dice, folder, what }) => {
      const [name, bytes] = dice.of(COMPRESSED);
      const path = join(folder, name);
      writeFileSync(path, mutateNumbers(gzipSync(bytes, { level: 1 }), dice));
      return gently(what, async () => check(await (await openTable(path)).read(), what), CODES);
    });
    expect(read).toBeGreaterThan(0);
    expect(refused).toBeGreaterThan(few / 2);
  });
});
