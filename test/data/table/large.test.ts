import { openCsv, type Table } from 'samebits';
import { describe, expect, it } from 'vitest';
import { liveBytes } from './live-memory.js';

const BLOCKS = 80;
const LINES = 1000;
/** Far less than the text has. */
const MOST_GROWTH = 10 << 20;
const LEAST_BYTES = 9_600_000;

async function* text() {
  yield 'id,value,when,city\n';
  const lines = Array.from({ length: LINES }, (_, i) => `${i},${i / 7},2024-01-01T00:00:${10 + (i % 50)}Z`);
  for (let block = 0; block < BLOCKS; block += 1) {
    // Every row has a text of its own: were they kept, memory would grow.
    yield `${lines.map((line, i) => `${line},${'city'.repeat(20)} ${block}-${i}`).join('\n')}\n`;
  }
}

/** The most memory that was in use while the text was read, beyond what there was before. */
async function growth(keep: (batch: Table) => void): Promise<{ rows: number; most: number }> {
  const source = await openCsv(text(), { inferRows: 100 });
  const before = liveBytes();
  let [rows, most, batches] = [0, 0, 0];
  for await (const batch of source.batches()) {
    keep(batch);
    rows += batch.rows;
    batches += 1;
    if (batches % 2 === 0) most = Math.max(most, liveBytes() - before);
  }
  return { rows, most };
}

describe('a text far larger than a batch', () => {
  it('streams through in steady memory', async () => {
    let bytes = 0;
    for await (const piece of text()) bytes += piece.length;
    expect(bytes).toBeGreaterThan(LEAST_BYTES);
    const { rows, most } = await growth(() => {});
    expect(rows).toBe(BLOCKS * LINES);
    expect(most).toBeLessThan(MOST_GROWTH);
  });

  it('does not where batches are kept, as this measure sees', async () => {
    const kept: Table[] = [];
    const { most } = await growth((batch) => kept.push(batch));
    expect(most).toBeGreaterThan(MOST_GROWTH);
  });
});
