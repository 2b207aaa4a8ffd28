import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ResultStore } from '../../dist/lab/store/result-store.js';
import { key, training } from '../lab/engine/results.js';
import { FILES, freshFolder, fuzz, gently, TIMEOUT } from './fuzz.js';
import { mutate, rechecksum } from './mutations.js';

const RESULTS = 3;
/** What a store holds of the results, arrays included. */
function contents(folder: string): unknown[] {
  const store = ResultStore.openExisting(folder);
  return Array.from({ length: RESULTS }, (_, i) => {
    if (!store.holds(key(i))) return null;
    const found = store.get(key(i));
    return [found?.result, found?.arrays.map((name) => [...(found.array(name) ?? [])])];
  });
}

describe('a damaged store of results', () => {
  it.each([
    ['as it is', false],
    ['with right checksums', true],
  ])(`gives what was kept, or nothing, or a typed error, %s: ${FILES / 2} files`, TIMEOUT, async (_, repaired) => {
    const whole = freshFolder();
    const store = ResultStore.open(whole);
    store.add(Array.from({ length: RESULTS }, (__, i) => training(i)));
    store.close();
    const names = readdirSync(whole).sort();
    expect(names).toHaveLength(3);
    const kept = names.map((name) => readFileSync(join(whole, name)));
    const good = contents(whole).map((result) => JSON.stringify(result));
    const { read } = await fuzz(
      'store',
      FILES / 2,
      async ({ dice, folder, what }) => {
        const damaged = repaired ? names.findIndex((name) => name.endsWith('.jsonl')) : dice.below(names.length);
        const path = join(folder, names[damaged]);
        const mutated = mutate(kept[damaged], dice);
        writeFileSync(path, repaired ? rechecksum(mutated) : mutated);
        const found = await gently(what, () => contents(folder));
        if (!repaired) {
          for (const [i, result] of (found ?? []).entries()) {
            if (result !== null) expect(JSON.stringify(result), what).toBe(good[i]);
          }
        }
        writeFileSync(path, kept[damaged]);
        return found;
      },
      { prepare: (folder) => cpSync(whole, folder, { recursive: true }) },
    );
    expect(read).toBeGreaterThan(0);
  });
});
