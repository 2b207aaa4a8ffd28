import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { openCsv, openJsonLines, openRows, openTable, readTable, type Table, tableOf } from 'samebits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pieces } from './mutations.js';
import { refusal, rowsOf } from './reading.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'samebits-table-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const PEOPLE = `name,age,member,since,zip
"Grüße, ""Ana""",31,true,2024-02-29,00501
Bo,,FALSE,,10115
,2.5e1,NA,2023-12-31T23:59:59.5+01:00,99999
`;

const people = [
  { name: 'Grüße, "Ana"', age: 31, member: true, since: new Date('2024-02-29T00:00:00Z'), zip: '00501' },
  { name: 'Bo', age: null, member: false, since: null, zip: '10115' },
  { name: null, age: 25, member: null, since: new Date('2023-12-31T22:59:59.500Z'), zip: '99999' },
];

const readCsv = async (text: string, options = {}): Promise<Table> =>
  (await openCsv(() => Readable.from([Buffer.from(text)]), options)).read();

describe('CSV', () => {
  it('gives columns with types that are inferred', async () => {
    const table = await readTable(file('people.csv', PEOPLE));
    expect(table.description).toEqual([
      { name: 'name', type: 'category' },
      { name: 'age', type: 'number' },
      { name: 'member', type: 'boolean' },
      { name: 'since', type: 'date' },
      { name: 'zip', type: 'category' },
    ]);
    expect(rowsOf(table)).toEqual(people);
  });

  it('is the same compressed, with other ends of lines, with a mark, and in any pieces', async () => {
    const windows = `\ufeff${PEOPLE.replaceAll('\n', '\r\n')}`;
    const sources = [
      file('people.csv.gz', gzipSync(PEOPLE)),
      file('windows.csv', windows),
      file('people.tsv', PEOPLE.replaceAll(',', '\t').replace('Grüße\t', 'Grüße,')),
    ];
    for (const source of sources) expect(rowsOf(await readTable(source))).toEqual(people);
    for (let seed = 0; seed < 50; seed += 1) {
      const source = await openCsv(pieces(Buffer.from(windows), seed));
      expect(rowsOf(await source.read())).toEqual(people);
    }
  });

  it('takes types, texts of missing values, delimiters and no header', async () => {
    const options = { header: false, delimiter: ';', columns: { column_1: 'category' as const }, missing: ['-'] };
    const table = await readCsv('1;2\n-;3\n\n4;-\n', options);
    expect(rowsOf(table)).toEqual([
      { column_0: 1, column_1: '2' },
      { column_0: null, column_1: '3' },
      { column_0: 4, column_1: null },
    ]);
  });

  it('infers from the first rows, and names the row and column that do not fit', async () => {
    const text = `a,b\n${'1,x\n'.repeat(5)}oops,y\n`;
    expect((await readCsv(text)).description[0].type).toBe('category');
    const error = await refusal(readCsv(text, { inferRows: 5 }));
    expect([error.code, error.row, error.column]).toEqual(['ERR_SAMEBITS_DATA', 5, 'a']);
    expect(error.message).toMatch(
      /a finite number .* for column "a" at row 5 \(counted from 0\) of the stream, line 7/,
    );
    const given = await readCsv(text, { inferRows: 5, columns: { a: 'category' } });
    expect(given.cell(5, 'a')).toBe('oops');
  });

  it.each([
    ['a quote that never closes', 'a,b\n1,2\n3,"4\n5,6\n', 1, /a quote that closes/],
    ['characters behind a quote', 'a,b\n1,"2"x\n', 0, /behind a closing quote/],
    ['a quote inside a cell', 'a,b\n1,x"y"\n', 0, /quotes around whole cells/],
    ['a row that is cut off', 'a,b\n1,2\n3', 1, /2 cells, as in the first line/],
    ['a row that is too long', 'a,b\n1,2,3\n', 0, /2 cells, as in the first line/],
    ['two columns of one name', 'a,a\n1,2\n', undefined, /different names/],
    ['no line', '', undefined, /at least one line/],
  ])('refuses %s', async (_, text, row, message) => {
    const error = await refusal(readCsv(text));
    expect(error.code).toBe('ERR_SAMEBITS_FILE');
    expect(error.message).toMatch(message);
    expect(error.row).toBe(row);
  });

  it('refuses a header without rows, bytes that are no UTF-8, a folder and a path that is not there', async () => {
    expect((await refusal(readCsv('a,b\n'))).code).toBe('ERR_SAMEBITS_DATA');
    expect((await refusal(readTable(file('latin.csv', Buffer.from('a\n\xe4\n', 'latin1'))))).message).toMatch(/UTF-8/);
    expect((await refusal(openCsv(folder))).code).toBe('ERR_SAMEBITS_FILE');
    expect((await refusal(openCsv(join(folder, 'nothing.csv')))).code).toBe('ERR_SAMEBITS_FILE');
    expect((await refusal(openTable(join(folder, 'people.xls')))).code).toBe('ERR_SAMEBITS_ARGUMENT');
  });

  it.each([
    ['x'.repeat(65536), 'a quote that never closes'],
    [','.repeat(65536), 'a row of nothing but delimiters'],
  ])('gives up early on an endless stream', async (piece) => {
    let given = 0;
    const error = await refusal(
      openCsv(async function* () {
        yield 'a,b\n1,"';
        for (;;) {
          given += piece.length;
          yield piece;
        }
      }),
    );
    expect(error.code).toBe('ERR_SAMEBITS_FILE');
    expect(given).toBeLessThan(4 << 20);
  });

  it('says what a stream failed of', async () => {
    const cause = new Error('the line went dead');
    const error = await refusal(
      openCsv(async function* () {
        yield 'a,b\n';
        throw cause;
      }),
    );
    expect(error.code).toBe('ERR_SAMEBITS_FILE');
    expect(error.cause).toBe(cause);
  });
});

describe('JSON lines', () => {
  const LINES = `{"a":1,"b":"x"}\n\n{"b":"2024-01-01","a":null}\n{"c":true}\n`;

  it('gives columns for keys, and nothing where a row has none', async () => {
    const table = await readTable(file('rows.ndjson', LINES));
    expect(rowsOf(table)).toEqual([
      { a: 1, b: 'x', c: null },
      { a: null, b: '2024-01-01', c: null },
      { a: null, b: null, c: true },
    ]);
    expect(table.column('b').type).toBe('category');
  });

  it.each([
    ['no JSON', '{"a":1}\n{"a":\n', 1, 'ERR_SAMEBITS_FILE', /JSON/],
    ['an object among arrays', '[1]\n{"a":1}\n', 1, 'ERR_SAMEBITS_DATA', /an array/],
    ['an array among objects', '{"a":1}\n[1]\n', 1, 'ERR_SAMEBITS_DATA', /an object/],
    ['a shorter array', '[1,2]\n[1]\n', 1, 'ERR_SAMEBITS_SHAPE', /2 values/],
    ['an object in a cell', '{"a":1}\n{"a":{"b":2}}\n', 1, 'ERR_SAMEBITS_DATA', /a text/],
    ['no rows', '\n\n', undefined, 'ERR_SAMEBITS_DATA', /at least one row/],
  ])('refuses %s', async (_, text, row, code, message) => {
    const error = await refusal(openJsonLines(() => Readable.from([Buffer.from(text)])).then((open) => open.read()));
    expect([error.code, error.row]).toEqual([code, row]);
    expect(error.message).toMatch(message);
  });

  it('has the keys of the first rows only', async () => {
    const open = () => openJsonLines(() => Readable.from(['{"a":1}\n{"a":2,"b":3}\n']), { inferRows: 1 });
    const error = await refusal(open().then((source) => source.read()));
    expect([error.code, error.row, error.column]).toEqual(['ERR_SAMEBITS_SHAPE', 1, 'b']);
  });

  it('takes keys that objects have of their own', async () => {
    const table = await (await openJsonLines(() => Readable.from(['{"__proto__":1,"constructor":"x"}\n']))).read();
    expect(Object.entries(table.row(0))).toEqual([
      ['__proto__', 1],
      ['constructor', 'x'],
    ]);
    expect(table.cell(0, 'constructor')).toBe('x');
  });
});

describe('rows and columns in memory', () => {
  it('are tables', () => {
    const lists = tableOf([
      [1, 'x'],
      [2, null],
    ]);
    expect(rowsOf(lists)).toEqual([
      { column_0: 1, column_1: 'x' },
      { column_0: 2, column_1: null },
    ]);
    expect(rowsOf(tableOf(people))).toEqual(people);
    const weights = new Float32Array([0.1, Number.NaN]);
    const columns = tableOf({ weights, labels: ['1', '2'], when: [new Date(0), null], big: [1n, 2] });
    expect(columns.column('weights').values).toBe(weights);
    expect(columns.description.map(({ type }) => type)).toEqual(['number', 'category', 'date', 'number']);
    expect(columns.cell(1, 'weights')).toBeNull();
  });

  it('come from async iterables, once, and from functions again', async () => {
    async function* rows() {
      for (let i = 0; i < 10_000; i += 1) yield { i, even: i % 2 === 0 };
    }
    const once = await openRows(rows(), { inferRows: 10 });
    const table = await once.read();
    expect([table.rows, table.cell(9999, 'i'), table.cell(9999, 'even')]).toEqual([10_000, 9999, false]);
    expect((await refusal(once.read())).code).toBe('ERR_SAMEBITS_STATE');
    const again = await openRows(rows, { batchRows: 1000 });
    for (const fromRow of [0, 1, 4095, 4096, 9999]) {
      const seen: number[] = [];
      for await (const batch of again.batches({ fromRow })) seen.push(...(batch.column('i').values as Float64Array));
      expect(seen).toEqual(Array.from({ length: 10_000 - fromRow }, (_, i) => fromRow + i));
    }
  });

  it('close what they read when a loop ends early', async () => {
    let closed = 0;
    const source = await openRows(async function* () {
      try {
        for (let i = 0; ; i += 1) yield [i];
      } finally {
        closed += 1;
      }
    });
    expect(closed).toBe(1);
    for await (const batch of source.batches()) {
      expect(batch.rows).toBeGreaterThanOrEqual(8192);
      break;
    }
    expect(closed).toBe(2);
  });

  it.each<[string, () => unknown, string]>([
    ['no rows', () => tableOf([]), 'ERR_SAMEBITS_DATA'],
    ['infinite numbers', () => tableOf([[1], [Number.POSITIVE_INFINITY]]), 'ERR_SAMEBITS_DATA'],
    ['infinite numbers of typed arrays', () => tableOf({ a: new Float64Array([1, -1 / 0]) }), 'ERR_SAMEBITS_DATA'],
    ['columns of two lengths', () => tableOf({ a: [1], b: [1, 2] }), 'ERR_SAMEBITS_SHAPE'],
    ['types of other columns', () => tableOf([{ a: 1 }], { columns: { b: 'number' } }), 'ERR_SAMEBITS_SHAPE'],
    ['unknown types', () => tableOf([{ a: 1 }], { columns: { a: 'text' as 'number' } }), 'ERR_SAMEBITS_ARGUMENT'],
    ['unknown options', () => tableOf([{ a: 1 }], { column: {} } as object), 'ERR_SAMEBITS_ARGUMENT'],
    ['no table', () => tableOf(7 as unknown as []), 'ERR_SAMEBITS_ARGUMENT'],
  ])('refuse %s', (_, make, code) => {
    expect(make).toThrow(expect.objectContaining({ code }));
  });
});

describe('Table', () => {
  it('takes, slices, selects and drops', () => {
    const table = tableOf(people);
    expect(rowsOf(table.take([2, 0, 2]))).toEqual([people[2], people[0], people[2]]);
    expect(rowsOf(table.slice(1, 2))).toEqual([people[1]]);
    expect(table.select(['zip', 'age']).description.map(({ name }) => name)).toEqual(['zip', 'age']);
    expect(table.drop(['name', 'since']).description.map(({ name }) => name)).toEqual(['age', 'member', 'zip']);
    expect(() => table.column('nmae')).toThrow(/did you mean "name"/);
    expect(() => table.take([3])).toThrow(/an integer from 0 to 2/);
  });

  it('shows what it holds without control characters', () => {
    const summary = tableOf({ 'a\u001b[31m': ['\u202eevil', 'b'], n: [1, null] }).summary();
    expect(summary).toMatch(/^2 rows, 2 columns\n/);
    expect(['\u001b', '\u202e'].filter((character) => summary.includes(character))).toEqual([]);
    expect(summary).toMatch(/n\s+number\s+1 to 1 {2}1 missing/);
  });
});
