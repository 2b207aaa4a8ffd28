import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2020 } from 'ajv/dist/2020.js';
import {
  adagrad,
  adam,
  cosineDecay,
  dense,
  dropout,
  type ExperimentDescription,
  experiment,
  l2,
  nadam,
  parseRecipe,
  reduceOnPlateau,
  rescaling,
  residual,
  rmsprop,
  sgd,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { EXPERIMENTS } from '../../dist/lab/experiments/index.js';
import { ACTIVATIONS } from '../../dist/model/activations.js';
import { LOSSES } from '../../dist/model/losses.js';
import { OPTIMIZERS } from '../../dist/model/optimizers.js';
import { REGRESSION, settingOn } from '../lab/engine/experiments.js';

const require = createRequire(import.meta.url);
const schemaOf = (name: string): object =>
  JSON.parse(readFileSync(require.resolve(`samebits/schemas/${name}.json`), 'utf8'));
const ajv = new Ajv2020({ strict: false, allErrors: false });
const recipeFits = ajv.compile(schemaOf('recipe'));
const experimentFits = ajv.compile(schemaOf('experiment'));

type Json = Record<string, unknown>;
const asFile = (value: unknown): Json => JSON.parse(JSON.stringify(value));
const layers = [dense({ units: 4, activation: 'tanh', inputShape: [3] }), dense({ units: 1 })];
const small: Json = { model: { layers: [{ kind: 'dense', units: 1 }] }, seed: 1, optimizer: 'sgd', loss: 'huber' };

/** Recipes as files have them: short, and with all defaults written out. */
const RECIPES: Readonly<Record<string, unknown>> = {
  short: small,
  'written out': parseRecipe(small),
  rich: {
    ...small,
    model: {
      name: 'rich',
      layers: [
        rescaling({ scale: 1 / 255, inputShape: [9] }),
        dropout({ rate: 0.2, seed: 'masks' }),
        dense({ units: 8, activation: { name: 'elu', alpha: 0.5 }, kernelRegularizer: l2(0.01), name: 'first' }),
        dense({
          units: 3,
          activation: 'softmax',
          kernelInitializer: 'heNormal',
          biasInitializer: { name: 'constant', value: 1 },
        }),
      ],
    },
    seeds: { weights: 1, order: null, dropout: 'three' },
    generator: 'alea',
    optimizer: adam({ learningRate: cosineDecay({ initialLearningRate: 0.1, decaySteps: 100 }), amsgrad: true }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
    fit: { epochs: 3, batchSize: 10, shuffle: 'stratified', classWeights: { 0: 1, 2: 5 } },
    reduction: 'free',
    flippedBit: { tensor: 'first/kernel', index: 1, bit: 3 },
  },
  'residual blocks': {
    ...small,
    model: {
      layers: [residual({ layers: [layers[1], residual({ layers: [dropout({ rate: 0.5 })], name: 'inner' })] })],
    },
  },
  'metrics with options, one of which a rate watches': {
    ...small,
    model: { layers: [{ kind: 'dense', units: 3, activation: 'softmax' }] },
    optimizer: sgd({ learningRate: reduceOnPlateau({ initialLearningRate: 0.1, monitor: 'val_rocAuc' }) }),
    loss: 'sparseCategoricalCrossentropy',
    metrics: [
      { name: 'accuracy' },
      'logLoss',
      { name: 'topKAccuracy', k: 2 },
      { name: 'f1', average: 'micro' },
      { name: 'recall', average: 'binary', positive: 0 },
      { name: 'rocAuc', positive: 2 },
    ],
  },
  ...Object.fromEntries(OPTIMIZERS.map((optimizer) => [`the optimizer ${optimizer}`, { ...small, optimizer }])),
  ...Object.fromEntries(
    [sgd({ momentum: 0.9, nesterov: true }), rmsprop(), adam(), nadam(), adagrad()].map((optimizer) => [
      `${optimizer.name}, written out`,
      { ...small, optimizer },
    ]),
  ),
  ...Object.fromEntries(
    ACTIVATIONS.map((activation) => [
      `the activation ${activation}`,
      { ...small, model: { layers: [{ kind: 'dense', units: 2, activation }, ...layers.slice(1)] } },
    ]),
  ),
  ...Object.fromEntries(
    EXPERIMENTS.flatMap(({ name, base }) => (base === null ? [] : [[`of ${name}`, base({}).recipe]])),
  ),
};

/** The objects of a recipe, each with an unknown key. */
function* misspelled(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield { ...value, unheardOf: 1 };
  for (const [key, inner] of Object.entries(value)) {
    for (const changed of misspelled(inner)) {
      if (Array.isArray(value)) yield value.map((one, index) => (String(index) === key ? changed : one));
      else yield { ...value, [key]: changed };
    }
  }
}

describe('the JSON schema of a recipe', () => {
  it.each(Object.entries(RECIPES))('takes one that parseRecipe takes: %s', (_, recipe) => {
    const file = asFile(recipe);
    expect(() => parseRecipe(file)).not.toThrow();
    expect(recipeFits(file), JSON.stringify(recipeFits.errors)).toBe(true);
    // And what became of it, defaults and all.
    expect(recipeFits(asFile(parseRecipe(file))), JSON.stringify(recipeFits.errors)).toBe(true);
  });

  it('may be named in the file, and decides nothing', () => {
    const file = { $schema: './node_modules/samebits/dist/schemas/recipe.json', ...small };
    expect(recipeFits(file), JSON.stringify(recipeFits.errors)).toBe(true);
    expect(parseRecipe(file)).toEqual(parseRecipe(small));
    for (const $schema of [1, null, {}]) {
      expect(recipeFits({ ...file, $schema })).toBe(false);
      expect(() => parseRecipe({ ...file, $schema })).toThrow(/the address of a JSON schema/);
    }
  });

  it('refuses an unknown key wherever it stands, as parseRecipe does', () => {
    const names = ['rich', 'written out', 'residual blocks', 'metrics with options, one of which a rate watches'];
    const all = names.flatMap((name) => [...misspelled(asFile(RECIPES[name]))]);
    expect(all.length).toBeGreaterThan(15);
    for (const recipe of all) {
      expect(recipeFits(recipe), JSON.stringify(recipe)).toBe(false);
      expect(() => parseRecipe(recipe), JSON.stringify(recipe)).toThrow(
        expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT' }),
      );
    }
  });

  it.each<[string, Json]>([
    ['no model', { ...small, model: undefined }],
    ['no seed', { ...small, seed: undefined }],
    ['a negative seed', { ...small, seed: -1 }],
    ['no epochs', { ...small, fit: { epochs: 0 } }],
    ['half a row', { ...small, fit: { batchSize: 1.5 } }],
    ['an unknown optimizer', { ...small, optimizer: 'lion' }],
    ['an unknown loss', { ...small, loss: 'guess' }],
    ['an unknown layer', { ...small, model: { layers: [{ kind: 'conv', units: 1 }] } }],
    ['a layer without units', { ...small, model: { layers: [{ kind: 'dense' }] } }],
    ['a block without layers', { ...small, model: { layers: [...layers, { kind: 'residual', layers: [] }] } }],
    ['a number as a text', { ...small, model: { layers: [{ kind: 'dense', units: '4' }] } }],
    ['a name with a slash', { ...small, model: { layers: [{ kind: 'dense', units: 1, name: 'a/b' }] } }],
    ['inputs of two dimensions', { ...small, model: { layers: [{ kind: 'dense', units: 1, inputShape: [2, 3] }] } }],
    ['an unknown metric', { ...small, metrics: ['auc'] }],
    ['an option of another metric', { ...small, metrics: [{ name: 'r2', positive: 1 }] }],
    ['an unknown average', { ...small, metrics: [{ name: 'f1', average: 'weighted' }] }],
    ['another order', { ...small, reduction: 'any' }],
  ])('refuses what parseRecipe refuses: %s', (_, recipe) => {
    const file = asFile(recipe);
    expect(recipeFits(file)).toBe(false);
    expect(() => parseRecipe(file)).toThrow();
  });

  it('knows every loss', () => {
    const names = JSON.stringify(schemaOf('recipe'));
    expect(LOSSES.filter((loss) => !names.includes(`"${loss}"`))).toEqual([]);
  });
});

describe('the JSON schema of an experiment', () => {
  const { recipe } = settingOn(REGRESSION);
  const whole: ExperimentDescription = {
    name: 'weights-or-order',
    question: 'Do the initial weights move the loss more than the order of the data?',
    recipe,
    data: REGRESSION,
    design: 'oneAtATime',
    causes: { initialWeights: { seeds: 3 }, dataOrder: [1, 2, 3] },
    repeats: 2,
    measures: ['loss', 'predictions'],
    claim: { cause: 'initialWeights', than: 'dataOrder' },
  };

  it('takes what experiment() takes', () => {
    const table = {
      kind: 'table',
      path: 'iris.csv',
      target: 'species',
      test: 0.2,
      seed: 42,
      prepare: { drop: ['id'] },
    };
    for (const data of [REGRESSION, table, 'digits', { kind: 'mnist' }]) {
      const file = asFile({ ...whole, data });
      expect(() => experiment(file as unknown as ExperimentDescription)).not.toThrow();
      expect(experimentFits(file), JSON.stringify(experimentFits.errors)).toBe(true);
    }
  });

  it('may be named in the file, and decides nothing', () => {
    const named = { $schema: 'experiment.json', ...whole, recipe: { $schema: 'recipe.json', ...recipe } };
    const file = asFile(named);
    expect(experimentFits(file), JSON.stringify(experimentFits.errors)).toBe(true);
    const plain = experiment(asFile(whole) as unknown as ExperimentDescription);
    expect(JSON.stringify(experiment(file as unknown as ExperimentDescription))).toBe(JSON.stringify(plain));
  });

  it.each<[string, Json]>([
    ['an unknown key', { desing: 'oneAtATime' }],
    ['an unknown design', { design: 'onceAtATime' }],
    ['a source without a target', { data: { kind: 'table', path: 'iris.csv', test: 0.2, seed: 1 } }],
    ['a recipe with an unknown key', { recipe: { ...recipe, epoch: 1 } }],
    ['no levels', { causes: { initialWeights: [] } }],
  ])('refuses %s, as experiment() does', (_, change) => {
    const file = asFile({ ...whole, ...change });
    expect(experimentFits(file)).toBe(false);
    expect(() => experiment(file as unknown as ExperimentDescription)).toThrow();
  });
});
