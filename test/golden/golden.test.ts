/**
 * The golden files are what the oracle computes, today as on the day they were written. `npx vitest run test/golden -u`
 * writes them anew; they change only with the contract.
 */
import { expect, test } from 'vitest';
import { elementaryDocument } from './elementary.js';
import { emulatedDocument } from './emulated.js';
import emulatedGolden from './emulated.json';
import { madeUpDataDocument } from './made-up-data.js';
import { divergingDocument, freeDocument, networksDocument } from './networks.js';
import networksGolden from './networks.json';
import { randomDocument } from './random.js';
import { schedulesDocument } from './schedules.js';
import { splitsDocument } from './splits.js';
import { tablesDocument } from './tables.js';

/** JSON with arrays of plain values on one line. */
function format(value: unknown, indent = ''): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isArray = Array.isArray(value);
  const items = isArray ? value : Object.values(value);
  if (items.length === 0) return isArray ? '[]' : '{}';
  const inner = `${indent}  `;
  const keys = Object.keys(value);
  const texts = items.map((item, i) => (isArray ? '' : `${JSON.stringify(keys[i])}: `) + format(item, inner));
  if (isArray && items.every((item) => typeof item !== 'object')) return `[${texts.join(', ')}]`;
  const lines = texts.map((text) => inner + text).join(',\n');
  return isArray ? `[\n${lines}\n${indent}]` : `{\n${lines}\n${indent}}`;
}

const plain = (document: object): object => JSON.parse(JSON.stringify(document));

test.each([
  ['elementary', elementaryDocument],
  ['random', randomDocument],
  ['made-up-data', madeUpDataDocument],
  ['tables', tablesDocument],
  ['splits', splitsDocument],
  ['networks', networksDocument],
  ['schedules', schedulesDocument],
  ['diverging', divergingDocument],
  ['free', freeDocument],
  ['emulated', emulatedDocument],
] as const)(
  '%s.json',
  async (name, build) => {
    await expect(`${format(plain(build()))}\n`).toMatchFileSnapshot(`${name}.json`);
  },
  120_000,
);

test('each emulated hardware gives other bits where it has a part', () => {
  const states = emulatedGolden.map(({ expected }) => new Set(expected.map(({ state }) => state)).size);
  // Crossentropies alone do not flush; subnormals throughout are all flushed, and have no exp; Adam's tell all apart.
  expect(states).toEqual([4, 4, 3, 7, 4, 4, 4, 4, 4, 4, 7, 4]);
  for (const { recipe, expected } of emulatedGolden) {
    const contract = networksGolden.find((golden) => golden.recipe.title === recipe.title);
    if (contract !== undefined) expect(expected[0].state).not.toBe(contract.expected.state);
  }
});

test('free order gives other bits, and each recording its own', () => {
  const { recordings, fixedOrder } = freeDocument();
  const finals = [...recordings.map(({ expected }) => expected.weights[20]), fixedOrder.weights[20]];
  expect(new Set(finals).size).toBe(3);
}, 120_000);
