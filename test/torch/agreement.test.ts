/** samebits beside PyTorch: 20 steps from the same weights and batches. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Agreement, agreementOf, readFixture } from './agreement.js';
import { agreementTable } from './table.js';

const fixture = readFixture();
const agreements: Agreement[] = [];

beforeAll(async () => {
  for (const given of fixture.cases) agreements.push(await agreementOf(fixture, given));
});

describe('agrees with PyTorch', () => {
  it.each(fixture.cases.map(({ group, name }, index) => ({ group, name, index })))('$group: $name', ({ index }) => {
    const { weights, losses, moved } = agreements[index];
    expect(weights).toBeLessThan(1e-5);
    expect(losses).toBeLessThan(1e-5);
    // Standing still would not do.
    expect(moved).toBeGreaterThan(0.1);
  });

  it('as the table in docs/pytorch.md says', async () => {
    const path = join(__dirname, '../../docs/pytorch.md');
    const table = agreementTable(fixture.cases, agreements);
    const page = readFileSync(path, 'utf8').replace(
      /(<!-- table -->\n\n).*(<!-- end of the table -->)/s,
      (_, before, after) => `${before}${table}\n\n${after}`,
    );
    expect(page).toContain(table);
    // With --update the page is written.
    await expect(page).toMatchFileSnapshot(path);
  });
});
