import { readFileSync } from 'node:fs';
import { CAUSES } from 'samebits';
import { expect, it } from 'vitest';

const page = readFileSync('docs/causes.md', 'utf8');

it.each(Object.values(CAUSES))(
  'docs/causes.md says of $name what it says itself',
  ({ name, title, description, remedy }) => {
    const row = page.split('\n').find((line) => line.startsWith(`| \`${name}\`: `));
    expect(row?.split(' | ')).toEqual([`| \`${name}\`: ${title}`, expect.any(String), description, `${remedy} |`]);
  },
);
