/** What pages of docs/ say is so: the tutorial's program prints what it says, and defaults are what they are said to be. */
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  adagrad,
  adam,
  adamw,
  batchNormalization,
  cosineDecay,
  cosineDecayRestarts,
  dense,
  embedding,
  exponentialDecay,
  inverseTimeDecay,
  l1,
  l1l2,
  l2,
  layerNormalization,
  maxNorm,
  nadam,
  oneCycle,
  parseRecipe,
  polynomialDecay,
  prepare,
  reduceOnPlateau,
  rescaling,
  rmsprop,
  sgd,
  stepDecay,
  tableInput,
  tableOf,
  warmUp,
} from 'samebits';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');

it('the tutorial’s program prints what its comments say', () => {
  const text = readFileSync(join(root, 'docs', 'tutorial.md'), 'utf8');
  const program = [...text.matchAll(/^```js\n(.*?)^```/gms)].map((match) => match[1]).join('');
  const said = [...program.matchAll(/^console\.log\(.*\);\n\/\/ (.*)$/gm)].map((match) => match[1]);
  expect(said.length).toBe(program.split('console.log(').length - 1);
  // Inside the package's folder, so that 'samebits' is this package.
  mkdirSync(join(root, 'build'), { recursive: true });
  const place = mkdtempSync(join(root, 'build', 'tutorial-'));
  try {
    copyFileSync(join(root, 'examples', 'data', 'iris.csv'), join(place, 'iris.csv'));
    writeFileSync(join(place, 'flowers.mjs'), program);
    const printed = execFileSync(process.execPath, ['flowers.mjs'], { cwd: place, encoding: 'utf8' });
    expect(printed.trimEnd().split('\n')).toEqual(said);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
});

describe('docs/defaults.md', () => {
  const text = readFileSync(join(root, 'docs', 'defaults.md'), 'utf8');
  const rows = text
    .split('\n')
    .filter((line) => /^\| [^|]+ \| `\w+` \|/.test(line))
    .map((line) => line.split(' | ').map((cell) => cell.replace(/^\| |`/g, '')));
  const model = { layers: [{ kind: 'dense', units: 1 }] };
  const recipe = parseRecipe({ model, seed: 1, optimizer: 'sgd', loss: 'meanSquaredError', fit: {} });
  const decay = { initialLearningRate: 1, decaySteps: 1 };
  const initializer = (name: 'randomNormal' | 'randomUniform') =>
    dense({ units: 1, kernelInitializer: name }).kernelInitializer as object;
  const made: Record<string, object> = {
    fit: recipe.fit,
    recipe,
    ...{ dense: dense({ units: 1 }), rescaling: rescaling({ scale: 1 }) },
    layerNormalization: layerNormalization(),
    ...{ stepDecay: stepDecay(decay), exponentialDecay: exponentialDecay({ ...decay, decayRate: 1 }) },
    ...{ inverseTimeDecay: inverseTimeDecay({ ...decay, decayRate: 1 }), polynomialDecay: polynomialDecay(decay) },
    ...{ cosineDecay: cosineDecay(decay), warmUp: warmUp({ schedule: 1, steps: 1 }) },
    cosineDecayRestarts: cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 1 }),
    oneCycle: oneCycle({ maxLearningRate: 1, totalSteps: 1 }),
    reduceOnPlateau: reduceOnPlateau({ initialLearningRate: 1 }),
    ...{ l1: l1(), l2: l2(), l1l2: l1l2(), maxNorm: maxNorm() },
    ...{ randomNormal: initializer('randomNormal'), randomUniform: initializer('randomUniform') },
    batchNormalization: batchNormalization(),
    ...{ embedding: embedding({ categories: 2, units: 1 }), tableInput: tableInput({ columns: [{ name: 'number' }] }) },
    ...{ sgd: sgd(), rmsprop: rmsprop(), adam: adam(), adamw: adamw(), nadam: nadam(), adagrad: adagrad() },
  };

  it.each(rows.filter(([name]) => name in made))('is right about %s: %s', (name, option, value) => {
    expect(made[name][option as keyof object]).toEqual(JSON.parse(value));
  });

  it('is right about columns of tables', async () => {
    const said = rows.filter(([name]) => ['number', 'category', 'date'].includes(name));
    expect(said).toHaveLength(7);
    for (const [, option, value] of rows.filter(([name]) => name === 'target')) {
      const options = { target: 'number', task: 'regression' } as const;
      const plain = prepare(tableOf({ number: [1, 3.5], x: [1, 2] }), options).preparation.toJSON();
      const given = prepare(tableOf({ number: [1, 3.5], x: [1, 2] }), { ...options, [option]: JSON.parse(value) });
      expect(given.preparation.toJSON()).toEqual(plain);
    }
    const table = tableOf([
      { number: 1, category: 'a', date: new Date(0) },
      { number: 3.5, category: 'b', date: new Date(1e12) },
    ]);
    const plain = JSON.stringify(prepare(table).preparation);
    for (const [column, option, value] of said) {
      const columns = { [column]: { [option]: JSON.parse(value) } };
      expect(JSON.stringify(prepare(table, { columns }).preparation)).toBe(plain);
    }
  });

  it('has no row that nothing compares', () => {
    const known = [...Object.keys(made), 'number', 'category', 'date', 'target'];
    expect(rows.filter(([name]) => !known.includes(name))).toEqual([]);
    expect(rows.length).toBeGreaterThan(30);
  });
});
