import { openCsv, openJsonLines, SamebitsError, type Table, type TableSource } from 'samebits';
import { describe, expect, it } from 'vitest';
import { mutate, pieces } from './mutations.js';

const ROUNDS = 2000;

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

/** What damage may lead to: a table, or an error of these codes. */
async function readDamaged(
  open: (source: AsyncIterable<Uint8Array>) => Promise<TableSource>,
  bytes: Buffer,
  seed: number,
): Promise<'read' | 'refused'> {
  let table: Table;
  try {
    table = await (await open(pieces(bytes, seed))).read();
  } catch (error) {
    const where = `seed ${seed}: ${bytes.toString('latin1')}`;
    expect(error, where).toBeInstanceOf(SamebitsError);
    expect((error as SamebitsError).code, where).toMatch(/^ERR_SAMEBITS_(FILE|DATA|SHAPE)$/);
    return 'refused';
  }
  for (const column of table.columns) {
    expect(column.values.length).toBe(table.rows);
    if (column.type === 'category') expect(column.categories.every((text) => typeof text === 'string')).toBe(true);
    if (column.type === 'number') expect(column.values.every((value) => Math.abs(value) !== 1 / 0)).toBe(true);
  }
  return 'read';
}

describe.each([
  ['CSV', openCsv, CSV, '",\n\r;\u0000é'],
  ['JSON lines', openJsonLines, JSON_LINES, '"{}[],:\n\\é'],
] as const)('damaged %s', (_, open, bytes, alphabet) => {
  it(`gives a table or a typed error, ${ROUNDS} times`, async () => {
    const count = { read: 0, refused: 0 };
    for (let seed = 0; seed < ROUNDS; seed += 1) {
      count[await readDamaged(open, mutate(bytes, seed, alphabet), seed)] += 1;
    }
    // Some damages change a text, others break a row: a test that saw one kind only would test nothing.
    expect(count.read).toBeGreaterThan(ROUNDS / 20);
    expect(count.refused).toBeGreaterThan(ROUNDS / 20);
  });
});
