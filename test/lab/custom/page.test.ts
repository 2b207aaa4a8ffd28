import { readFileSync } from 'node:fs';
import { experiment } from 'samebits';
import { expect, it } from 'vitest';

it('the example of docs/lab.md is an experiment', () => {
  const page = readFileSync(new URL('../../../docs/lab.md', import.meta.url), 'utf8');
  const [, json] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
  const { name, summary, repeats } = experiment(JSON.parse(json));
  expect({ name, repeats }).toEqual({ name: 'weights-or-order', repeats: 6 });
  expect(summary).toBe('the base and 14 levels of 4 causes, each alone, under 6 seeds');
  // Every key of the table is one that is known, and the other way round.
  const keys = [...page.matchAll(/^\| (`[a-z]+`(?:, `[a-z]+`)*) \|/gm)].flatMap(([, cell]) =>
    [...cell.matchAll(/`([a-z]+)`/g)].map(([, key]) => key),
  );
  for (const key of Object.keys(JSON.parse(json))) expect(keys).toContain(key);
  expect(() => experiment({ nam: 'x' } as never)).toThrow(
    /one of the options \$schema, name, question, folklore, recipe, data, rows, design, causes, repeats, measures, claim/,
  );
});
