import {
  adam,
  CAUSES,
  cosineDecay,
  cosineDecayRestarts,
  exponentialDecay,
  inverseTimeDecay,
  type LearningRate,
  learningRateAt,
  loadModel,
  modelFromRun,
  nadam,
  oneCycle,
  openRun,
  type Progress,
  parseRecipe,
  piecewiseConstantDecay,
  polynomialDecay,
  resume,
  sgd,
  stepDecay,
  verify,
  warmUp,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import golden from '../golden/schedules.json';
import { freshPath } from '../runs/folder.js';
import { FIT, labels, model, STEPS, Witness, x } from '../runs/problem.js';
import { failure } from './problem.js';

function hex64(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}

describe('a schedule', () => {
  it.each(golden)('$learningRate.name gives the golden rates', ({ learningRate, rates }) => {
    const given = Object.keys(rates).map((step) => [
      step,
      hex64(learningRateAt(learningRate as LearningRate, Number(step))),
    ]);
    expect(Object.fromEntries(given)).toEqual(rates);
  });

  // By the formulas of Keras and PyTorch, with the library functions of JavaScript.
  it.each<[LearningRate, (step: number) => number]>([
    [exponentialDecay({ initialLearningRate: 0.1, decaySteps: 7, decayRate: 0.9 }), (step) => 0.1 * 0.9 ** (step / 7)],
    [
      stepDecay({ initialLearningRate: 0.1, decaySteps: 7, decayRate: 0.5 }),
      (step) => 0.1 * 0.5 ** Math.floor(step / 7),
    ],
    [
      inverseTimeDecay({ initialLearningRate: 0.1, decaySteps: 7, decayRate: 0.5 }),
      (step) => 0.1 / (1 + (0.5 * step) / 7),
    ],
    [
      polynomialDecay({ initialLearningRate: 0.1, decaySteps: 20, power: 0.7 }),
      (step) => (0.1 - 0.0001) * (1 - Math.min(step, 20) / 20) ** 0.7 + 0.0001,
    ],
    [
      polynomialDecay({ initialLearningRate: 0.1, decaySteps: 6, power: 2, cycle: true }),
      (step) => (0.1 - 0.0001) * (1 - step / (6 * (step === 0 ? 1 : Math.ceil(step / 6)))) ** 2 + 0.0001,
    ],
    [
      cosineDecay({ initialLearningRate: 0.1, decaySteps: 20, alpha: 0.1 }),
      (step) => 0.1 * (0.9 * 0.5 * (1 + Math.cos((Math.PI * Math.min(step, 20)) / 20)) + 0.1),
    ],
    [
      cosineDecayRestarts({ initialLearningRate: 0.1, firstDecaySteps: 5, mMul: 0.8 }),
      (step) => {
        const restart = Math.floor(Math.log2(1 + step / 5));
        const share = (step / 5 - (1 - 2 ** restart) / -1) / 2 ** restart;
        return 0.1 * 0.5 * 0.8 ** restart * (1 + Math.cos(Math.PI * share));
      },
    ],
    [
      oneCycle({ maxLearningRate: 0.1, totalSteps: 30 }),
      (step) => {
        const cosine = (from: number, to: number, share: number) =>
          to + ((from - to) / 2) * (1 + Math.cos(Math.PI * share));
        if (step <= 8) return cosine(0.004, 0.1, step / 8);
        return cosine(0.1, 4e-7, Math.min((step - 8) / 21, 1));
      },
    ],
    [
      piecewiseConstantDecay({ boundaries: [3, 9], values: [0.3, 0.2, 0.1] }),
      (step) => (step <= 3 ? 0.3 : step <= 9 ? 0.2 : 0.1),
    ],
    [
      warmUp({ schedule: cosineDecay({ initialLearningRate: 0.1, decaySteps: 20 }), steps: 5 }),
      (step) => (step < 5 ? (0.1 * step) / 5 : 0.05 * (1 + Math.cos((Math.PI * Math.min(step - 5, 20)) / 20))),
    ],
    [0.25, () => 0.25],
  ])('%j is that of its formula', (rate, formula) => {
    for (let step = 0; step < 40; step++) expect(learningRateAt(rate, step)).toBeCloseTo(formula(step), 7);
  });

  it.each<[string, () => unknown, string]>([
    [
      'a rate of 0',
      () => exponentialDecay({ initialLearningRate: 0, decaySteps: 1, decayRate: 1 }),
      'a number above 0 for exponentialDecay.initialLearningRate',
    ],
    [
      'no steps',
      () => cosineDecay({ initialLearningRate: 1, decaySteps: 0 }),
      'an integer of at least 1 for cosineDecay.decaySteps',
    ],
    [
      'descending boundaries',
      () => piecewiseConstantDecay({ boundaries: [3, 2], values: [1, 2, 3] }),
      'ascending integers of at least 0 for piecewiseConstantDecay.boundaries',
    ],
    [
      'too few values',
      () => piecewiseConstantDecay({ boundaries: [3], values: [1] }),
      'one value more than there are boundaries',
    ],
    [
      'a warm-up of a warm-up',
      () => warmUp({ steps: 1, schedule: warmUp({ steps: 1, schedule: 1 }) as never }),
      'for warmUp.schedule',
    ],
    [
      'an unknown schedule',
      () => sgd({ learningRate: { name: 'cosine' } as never }),
      'or what exponentialDecay(), stepDecay()',
    ],
    [
      'a share of 1',
      () => oneCycle({ maxLearningRate: 1, totalSteps: 2, pctStart: 1 }),
      'a number from 0 to below 1 for oneCycle.pctStart',
    ],
    [
      'a shrinking cosine',
      () => cosineDecayRestarts({ initialLearningRate: 1, firstDecaySteps: 1, tMul: 0.5 }),
      'a number of at least 1 for cosineDecayRestarts.tMul',
    ],
    ['half a step', () => learningRateAt(1, 0.5), 'an integer of at least 0 for step'],
  ])('%s is refused', async (_, action, text) => {
    const { code, message } = await failure(action);
    expect(code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(message).toContain(text);
  });
});

describe('training with a schedule', () => {
  const schedule = warmUp({ schedule: cosineDecay({ initialLearningRate: 0.05, decaySteps: 8 }), steps: 3 });
  const scheduled = () => model(nadam({ learningRate: schedule }));
  const rateAfter = (steps: number) => learningRateAt(schedule, steps - 1);

  it('gives one rate the bits of that number', async () => {
    const fingerprints = await Promise.all(
      [0.05, piecewiseConstantDecay({ boundaries: [], values: [0.05] })].map(
        async (learningRate) => (await model(adam({ learningRate })).fit(x, labels, FIT)).fingerprint,
      ),
    );
    expect(fingerprints[0]).toBe(fingerprints[1]);
  });

  it('says the rates in metrics, batches and progress', async () => {
    const batches: unknown[] = [];
    const progress: Progress[] = [];
    const run = await scheduled().fit(x, labels, {
      ...FIT,
      onProgress: (how) => progress.push(how),
      callbacks: { onBatchEnd: (_, { learning_rate }) => batches.push(learning_rate) },
    });
    expect(run.history.learning_rate).toEqual([4, 8, 12].map(rateAfter));
    expect(batches).toEqual(Array.from({ length: STEPS }, (_, i) => rateAfter(i + 1)));
    expect(progress[progress.length - 1].learningRate).toBe(rateAfter(STEPS));
    // In one native call over all epochs too.
    expect((await scheduled().fit(x, labels, FIT)).history).toEqual(run.history);
    expect((await model().fit(x, labels, FIT)).history.learning_rate).toBeUndefined();
  });

  it('begins anew where the model is compiled again, and goes on where it is saved', async () => {
    const again = scheduled();
    await again.fit(x, labels, FIT);
    again.compile({
      ...again.compiled,
      loss: 'sparseCategoricalCrossentropy',
      optimizer: nadam({ learningRate: schedule }),
    });
    const before = again.fingerprint('state');
    const path = freshPath();
    await again.save(path);
    const loaded = await loadModel(path);
    expect(loaded.fingerprint('state')).toBe(before);
    const run = await again.fit(x, labels, FIT);
    expect(run.history.learning_rate).toEqual([4, 8, 12].map(rateAfter));
    expect((await loaded.fit(x, labels, FIT)).fingerprint).toBe(run.fingerprint);
    const copy = again.clone();
    expect((await copy.fit(x, labels, FIT)).history.learning_rate).toEqual([4, 8, 12].map(rateAfter));
  });

  it('goes on to the same bits in a folder, which can be verified', async () => {
    const whole = await scheduled().fit(x, labels, { ...FIT, folder: freshPath() });
    const folder = freshPath();
    const witness = new Witness(6);
    const options = { ...FIT, folder, checkpointEvery: 2, ...witness.stopping };
    await expect(scheduled().fit(x, labels, options)).rejects.toThrow();
    expect((await modelFromRun(folder)).fingerprint('state')).toBe(
      (await (await openRun(folder)).lastCheckpoint())?.fingerprint,
    );
    const { run } = await resume(folder, x, labels, { threads: 3 });
    expect(run.fingerprint).toBe(whole.fingerprint);
    expect(run.history).toEqual(whole.history);
    expect((await verify(folder, { data: { x, y: labels } })).verdict).toBe('verified');
    expect((await verify(folder, { data: { x, y: labels }, sample: 2 })).verdict).toBe('verified');
  });

  it('survives a recipe as JSON, and is a level of its cause', async () => {
    const { recipe } = await scheduled().fit(x, labels, { epochs: 1 });
    expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
    const setting = { recipe, data: { source: { kind: 'digits' } }, execution: { threads: 1, isa: 'auto' } } as never;
    expect(CAUSES.learningRate.read(setting)).toEqual(schedule);
    const plain = CAUSES.learningRate.write(setting, 0.1);
    expect(CAUSES.learningRate.read(CAUSES.learningRate.write(plain, schedule))).toEqual(schedule);
  });
});
