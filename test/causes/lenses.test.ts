/** Every cause is a lens: what is written is read, and no other cause reads anything else. */
import { CAUSE_NAMES, CAUSES, type CauseName, causeNamed, parseSetting, type Setting } from 'samebits';
import { describe, expect, it } from 'vitest';
import { failure } from '../train/problem.js';
import { bare, full, placeOf } from './settings.js';

/** Other levels than those of `full` (see `placeOf`), each in the form in which it is read. */
const OTHER: { readonly [N in CauseName]: readonly unknown[] } = {
  seed: [7, 'seven'],
  initialWeights: [7, 'seven'],
  dataOrder: [7],
  dropoutMasks: [7],
  gaussianNoise: [7, 'seven'],
  generator: ['alea'],
  depth: [1, 3],
  width: [12, [12, 3]],
  activation: ['tanh', ['tanh', 'linear']],
  initializer: ['heNormal', { name: 'constant', value: 0.5 }, ['heNormal', 'heNormal', 'glorotUniform']],
  embeddingsInitializer: ['zeros', { name: 'randomNormal', mean: 0, stddev: 0.1 }],
  dropoutRate: [0, 0.5, [0.5, 0.1]],
  l1: [0.01, [0.01, 0, 0]],
  l2: [0.01, [0.01, 0, 0]],
  optimizer: [
    { name: 'adam', beta1: 0.8, beta2: 0.999 },
    { name: 'rmsprop', rho: 0.9, momentum: 0 },
    { name: 'adam', beta1: 0.9, beta2: 0.999, amsgrad: true },
    { name: 'nadam', beta1: 0.9, beta2: 0.999 },
    { name: 'adagrad', initialAccumulatorValue: 0.1 },
    { name: 'nadam', beta1: 0.9, beta2: 0.999, clipNorm: 1, movingAverage: { momentum: 0.9 } },
  ],
  learningRate: [
    0.5,
    { name: 'cosineDecay', initialLearningRate: 0.1, decaySteps: 5, alpha: 0 },
    { name: 'warmUp', schedule: 0.5, steps: 2, initialLearningRate: 0 },
  ],
  epsilon: [1e-4],
  weightDecay: [0.1],
  shuffle: [false, 'stratified'],
  batchSize: [8],
  classWeights: ['balanced', { 1: 0.5 }],
  epochs: [3],
  rows: [20],
  dataSubset: [0, 'sample'],
  dataSeed: [2],
  threads: [2],
  reduction: ['free'],
  batchLeaf: [2],
  freeGrain: [2],
  isa: ['scalar'],
  flippedBit: [{ tensor: 'dense_2/kernel', index: 35, bit: 0 }],
  hardware: [['noFma'], ['noFma', 'ordinaryExp']],
};

const levels = (setting: Setting) => CAUSE_NAMES.map((name) => [name, CAUSES[name].read(setting)] as const);
const cases = CAUSE_NAMES.flatMap((name) => OTHER[name].map((level) => [name, level] as const));

/** What a cause says that it moves beside itself. */
const MOVES: Partial<Record<CauseName, readonly CauseName[]>> = {
  seed: ['initialWeights', 'dataOrder', 'dropoutMasks', 'gaussianNoise'],
};

describe('a cause', () => {
  it.each(cases)('%s: %j is read as written, and nothing else moves', (name, level) => {
    const cause = causeNamed(name);
    const place = placeOf(name);
    const written = cause.write(place, level);
    expect(cause.read(written)).toEqual(level);
    const moved = [name, ...(MOVES[name] ?? [])];
    const others = (setting: Setting) => levels(setting).filter(([other]) => !moved.includes(other));
    expect(others(written)).toEqual(others(place));
    expect(cause.write(written, level)).toBe(written);
    expect(parseSetting(JSON.parse(JSON.stringify(written)))).toEqual(written);
  });

  it.each(cases)('%s: %j can be taken back', (name, level) => {
    const cause = causeNamed(name);
    const place = placeOf(name);
    const back = cause.write(cause.write(place, level), cause.read(place));
    expect(levels(back)).toEqual(levels(place));
  });

  it.each(CAUSE_NAMES)('%s says what it is, and has a place in some setting', (name) => {
    const cause = causeNamed(name);
    expect(cause.name).toBe(name);
    for (const text of [cause.title, cause.description, cause.remedy]) expect(text.length).toBeGreaterThan(4);
    expect(cause.description).toMatch(/\.$/);
    if (name !== 'freeGrain') expect(cause.applies(placeOf(name))).toBe(true);
    expect(CAUSES.freeGrain.applies(CAUSES.reduction.write(full, 'free'))).toBe(true);
  });

  it('seed leaves seeds that are given', () => {
    const own = CAUSES.dataOrder.write(full, 7);
    const moved = CAUSES.seed.write(own, 8);
    expect(CAUSES.dataOrder.read(moved)).toBe(7);
    expect(CAUSES.initialWeights.read(moved)).toBe(8);
  });

  it('takes a seed as the number that it is', () => {
    expect(CAUSES.seed.write(full, '42')).toBe(full);
    expect(CAUSES.initialWeights.read(CAUSES.seed.write(full, '7'))).toBe(7);
    expect(CAUSES.seed.read(CAUSES.seed.write(full, '007'))).toBe('007');
  });

  it('has no place where nothing could change', () => {
    const without = CAUSE_NAMES.filter((name) => !CAUSES[name].applies(bare));
    expect(without.sort()).toEqual(
      [
        'initialWeights',
        'dropoutMasks',
        'gaussianNoise',
        'depth',
        'width',
        'activation',
        'dropoutRate',
        'embeddingsInitializer',
        'epsilon',
        'dataSeed',
        'freeGrain',
      ].sort(),
    );
    const unshuffled = CAUSES.shuffle.write(bare, false);
    expect(['seed', 'dataOrder', 'generator'].some((name) => causeNamed(name).applies(unshuffled))).toBe(false);
  });

  it.each<[CauseName, unknown, string]>([
    ['width', 3, 'a network with a hidden layer for recipe.model, whose width is to change,'],
    ['depth', 2, 'a network with a hidden layer'],
    ['dropoutRate', 0.5, 'a network with a hidden layer'],
    ['activation', 'relu', 'a network with a hidden layer'],
    ['embeddingsInitializer', 'zeros', 'a network with embeddings for recipe.model, whose tables are to change,'],
    ['epsilon', 1e-3, "'nadam' or 'adagrad', which have an epsilon, for recipe.optimizer.name but received \"sgd\""],
    ['dataSeed', 3, '\'madeUp\', data that have a seed, for data.source.kind but received "digits"'],
  ])('%s is refused where there is no place for it', async (name, level, message) => {
    const { code, message: said } = await failure(() => causeNamed(name).write(bare, level));
    expect(code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(said).toContain(message);
  });

  it.each<[CauseName, unknown, string]>([
    ['batchSize', 0, 'an integer from 1 to 4294967295 for batchSize but received 0'],
    ['width', [6, 6, 6], 'one level, or one for each of 2 layers, for width'],
    ['width', [6, 0], 'for width[1] but received 0'],
    [
      'optimizer',
      { name: 'adam', learningRate: 1 },
      'without learningRate, epsilon and weightDecay, which are causes of their own,',
    ],
    ['generator', 'mersenne', "one of 'philox'"],
    ['dropoutRate', 1, 'a number from 0 to below 1 for dropoutRate but received 1'],
    ['epsilon', null, 'a number above 0 for epsilon but received null'],
    ['depth', 0, 'an integer from 1 to 1000 for depth but received 0'],
    ['flippedBit', { tensor: 'dense_9/kernel', index: 0, bit: 0 }, 'recipe.flippedBit.tensor but received'],
    ['flippedBit', { tensor: 'dense_2/kernel', index: 36, bit: 0 }, 'below the 36 elements of dense_2/kernel'],
  ])('%s: %j is refused', async (name, level, message) => {
    const { code, message: said } = await failure(() => causeNamed(name).write(full, level));
    expect(code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(said).toContain(message);
  });

  it('refuses levels that others leave no place for', async () => {
    const flipped = CAUSES.flippedBit.write(full, { tensor: 'dense_2/kernel', index: 35, bit: 0 });
    expect((await failure(() => CAUSES.width.write(flipped, 5))).message).toContain('below the 25 elements');
    const avx2 = CAUSES.isa.write(full, 'avx2');
    const { message } = await failure(() => CAUSES.hardware.write(avx2, ['noFma']));
    expect(message).toContain("'scalar' or 'auto' with emulate: ['noFma'] for execution.isa but received \"avx2\"");
  });
});

describe('causeNamed', () => {
  it('names the nearest', async () => {
    const { code, message } = await failure(() => causeNamed('initalWeights'));
    expect(code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(message).toContain('(did you mean initialWeights?) for cause but received "initalWeights"');
    expect((await failure(() => causeNamed('toString'))).code).toBe('ERR_SAMEBITS_ARGUMENT');
  });
});
