import {
  adam,
  batchNormalization,
  dense,
  dropout,
  exponentialDecay,
  l1l2,
  maxNorm,
  Preparation,
  parseRecipe,
  prepare,
  sequential,
  tableInput,
  tableOf,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { checkDescription } from '../../dist/lab/custom/description.js';
import { parseRuns } from '../../dist/lab/noise/read-runs.js';
import { FILES, fuzz, gently, TIMEOUT } from './fuzz.js';
import { mutate } from './mutations.js';

const RECIPE = {
  model: {
    layers: [
      tableInput({ columns: [{ name: 'size' }, { name: 'city', categories: 7, units: 3 }] }),
      dense({
        units: 8,
        activation: 'relu',
        kernelRegularizer: l1l2({ l1: 0.1, l2: 0.2 }),
        kernelConstraint: maxNorm(),
      }),
      batchNormalization(),
      dropout({ rate: 0.3 }),
      dense({ units: 3, activation: 'softmax' }),
    ],
  },
  seed: 'a seed',
  optimizer: adam({
    learningRate: exponentialDecay({ initialLearningRate: 0.1, decaySteps: 100, decayRate: 0.9 }),
    clipValue: 1,
  }),
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy'],
  fit: { epochs: 3, batchSize: 16, classWeights: { 0: 1, 1: 2, 2: 0.5 } },
};

const RUN = { seed: 1, fingerprint: 'a'.repeat(64), test: { loss: 0.5, accuracy: 'NaN' } };
const NOISE = {
  command: 'lab noise',
  recipe: RECIPE,
  data: { name: 'digits', rows: 100, testRows: 20, columns: 64, hash: 'b'.repeat(64) },
  causes: ['initialWeights'],
  runs: [RUN, { ...RUN, seed: 'two', test: { loss: 0.25, accuracy: 0.75 } }],
};

const EXPERIMENT = {
  name: 'weights-or-order',
  question: 'Do the initial weights move the loss more than the order of the data?',
  data: { kind: 'digits' },
  design: 'oneAtATime',
  causes: { initialWeights: { seeds: 4 }, dataOrder: { seeds: 3 }, optimizer: ['adam', 'sgd'] },
  repeats: 2,
  measures: ['loss', 'predictions'],
  claim: { cause: 'initialWeights', than: 'dataOrder' },
};

const { preparation } = prepare(
  tableOf({
    size: [1, 2.5, null, 4],
    city: ['Oslo', 'Rome', 'Oslo', null],
    when: [new Date(0), new Date(1e12), null, new Date(2e12)],
    open: [true, false, true, true],
    late: ['yes', 'no', 'yes', 'no'],
  }),
  { target: 'late' },
);

/** Takes rows, or says what is wrong with them. */
function expectPrepares(found: Preparation): void {
  const { data, columns } = found.transform([{ size: 3, city: 'Rome', when: new Date(5e11), open: false }]);
  expect(data.length).toBe(columns);
}

interface Document {
  readonly whole: unknown;
  /** Gives what comes out of it again by itself. */
  readonly read: (value: unknown) => unknown;
}

const DOCUMENTS: Readonly<Record<string, Document>> = {
  recipe: { whole: JSON.parse(JSON.stringify(RECIPE)), read: parseRecipe },
  experiment: { whole: EXPERIMENT, read: (value) => checkDescription(value) && null },
  'document of noise': { whole: JSON.parse(JSON.stringify(NOISE)), read: (value) => parseRuns(value, 'noise') && null },
  preparation: { whole: preparation.toJSON(), read: (value) => new Preparation(value as never).toJSON() },
};

const CODES = ['ERR_SAMEBITS_ARGUMENT', 'ERR_SAMEBITS_LOSS'] as const;

describe.each(Object.entries(DOCUMENTS))('a damaged %s', (name, { whole, read }) => {
  it(`gives a typed error, or one that says the same when it is read again: ${FILES} files`, TIMEOUT, async () => {
    const bytes = Buffer.from(JSON.stringify(whole));
    expect(() => read(whole)).not.toThrow();
    let parsed = 0;
    await fuzz(name, FILES, async ({ dice, what }) => {
      let value: unknown;
      try {
        value = JSON.parse(mutate(bytes, dice).toString());
      } catch {
        return null;
      }
      parsed += 1;
      const found = await gently(what, () => ({ document: read(value) }), CODES);
      if (found === null) return null;
      if (found.document !== null) {
        const text = JSON.stringify(found.document);
        expect(JSON.stringify(read(JSON.parse(text))), what).toBe(text);
      }
      return found;
    });
    expect(parsed).toBeGreaterThan(FILES / 10);
  });
});

describe('a recipe that passes', () => {
  it(`is one of a model that can be made, or is refused for its size: ${FILES} files`, TIMEOUT, async () => {
    const bytes = Buffer.from(JSON.stringify(DOCUMENTS.recipe.whole));
    const { read } = await fuzz('recipe', FILES, ({ dice, what }) => {
      let recipe: ReturnType<typeof parseRecipe>;
      try {
        recipe = parseRecipe(JSON.parse(mutate(bytes, dice).toString()));
      } catch {
        return null;
      }
      return gently(what, () => {
        const model = sequential({ ...recipe.model, seed: recipe.seed });
        const { optimizer, loss, metrics } = recipe;
        model.compile({ optimizer, loss, metrics });
        model.predictSync([[1, 2]]);
        model.dispose();
        return model;
      }, ['ERR_SAMEBITS_ARGUMENT', 'ERR_SAMEBITS_RESOURCES', 'ERR_SAMEBITS_DATA', 'ERR_SAMEBITS_SHAPE']);
    });
    expect(read).toBeGreaterThan(0);
  });
});

describe('a preparation that passes', () => {
  it(`prepares rows, or says what is wrong with them: ${FILES} files`, TIMEOUT, async () => {
    const bytes = Buffer.from(JSON.stringify(preparation.toJSON()));
    const { read } = await fuzz('preparation', FILES, ({ dice, what }) => {
      let found: Preparation;
      try {
        found = new Preparation(JSON.parse(mutate(bytes, dice).toString()));
      } catch {
        return null;
      }
      return gently(what, () => expectPrepares(found), ['ERR_SAMEBITS_DATA', 'ERR_SAMEBITS_SHAPE']);
    });
    expect(read).toBeGreaterThan(0);
  });
});
