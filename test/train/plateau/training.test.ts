/** Training on plateaus: its bits, however it is called, saved and loaded. */
import { readFileSync, writeFileSync } from 'node:fs';
import {
  adam,
  CAUSES,
  ensemble,
  type FitOptions,
  loadModel,
  type MetricName,
  modelFromSafetensors,
  parseRecipe,
  piecewiseConstantDecay,
  type ReduceOnPlateau,
  type ReduceOnPlateauOptions,
  reduceOnPlateau,
  type Sequential,
  warmUp,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { reseal } from '../../fuzz/mutations.js';
import { freshPath } from '../../runs/folder.js';
import { labels, model, x } from '../../runs/problem.js';
import { failure } from '../problem.js';
import { course, kerasRates, SHORT, split } from './course.js';

const AT_SEAL = 8 + '{"__metadata__":{"sha256":"'.length;

/** One `fit` of an epoch after another. */
async function inSteps(of: Sequential, epochs: number, options: FitOptions) {
  const rates: number[] = [];
  let fingerprint = '';
  for (let epoch = 0; epoch < epochs; epoch += 1) {
    const run = await of.fit(x, labels, { ...options, epochs: 1 });
    rates.push(...(run.history.learning_rate as number[]));
    fingerprint = run.fingerprint;
  }
  return { rates, fingerprint };
}

describe('training on plateaus', () => {
  it.each([
    ['of validation', {}, split],
    ['of training', { monitor: 'loss' }, {}],
    ['of accuracy', { monitor: 'accuracy', minDelta: 0.01 }, {}],
  ] as const)('has the same bits however fit is called, by a metric %s', async (_, options, data) => {
    const whole = model(course(options));
    const run = await whole.fit(x, labels, { ...SHORT, ...data, epochs: 12 });
    const { history } = run;
    const schedule = course(options).learningRate as ReduceOnPlateau;
    const values = history[schedule.monitor as MetricName] as readonly number[];
    const rates = kerasRates(schedule as ReduceOnPlateauOptions, values);
    // The rate of an epoch is the one before it was observed.
    expect(history.learning_rate).toEqual([0.02, ...rates.slice(0, -1)]);
    expect(new Set(rates).size).toBeGreaterThan(2);
    const stepped = model(course(options));
    expect(await inSteps(stepped, 12, { ...SHORT, ...data })).toEqual({
      rates: history.learning_rate,
      fingerprint: run.fingerprint,
    });
    expect(stepped.fingerprint('state')).toBe(whole.fingerprint('state'));
    for (const [threads, isa] of [
      [3, 'scalar'],
      [2, 'auto'],
    ] as const) {
      const again = await model(course(options)).fit(x, labels, { ...SHORT, ...data, epochs: 12, threads, isa });
      expect(again.fingerprint).toBe(run.fingerprint);
    }
    // Another rate from somewhere on gives other bits.
    const constant = await model(adam({ learningRate: 0.02 })).fit(x, labels, { ...SHORT, ...data, epochs: 12 });
    expect(constant.fingerprint).not.toBe(run.fingerprint);
  });

  it('says each step’s own rate, and what callbacks save goes on to the same bits', async () => {
    const saved: Uint8Array[] = [];
    const batchRates: number[] = [];
    const places: number[] = [];
    const progress: number[] = [];
    const watched = model(course());
    const run = await watched.fit(x, labels, {
      ...SHORT,
      ...split,
      epochs: 8,
      onProgress: ({ learningRate }) => progress.push(learningRate),
      callbacks: {
        onBatchEnd: (_, { learning_rate }, { learningRate }) => {
          expect(learningRate).toBe(learning_rate);
          batchRates.push(learningRate);
          saved.push(watched.toSafetensors());
        },
        onEpochEnd: (_, { learning_rate }, { learningRate }) => {
          expect(learningRate).toBe(learning_rate);
          saved.push(watched.toSafetensors());
        },
        onEpochBegin: (_, { learningRate }) => places.push(learningRate),
      },
    });
    const rates = run.history.learning_rate as readonly number[];
    expect(batchRates).toEqual(rates.flatMap((rate) => [rate, rate]));
    expect(places).toEqual(rates);
    expect(progress[progress.length - 1]).toBe(rates[7]);
    // Of epochs that were whole: after their last batch, and after their end.
    for (const [i, bytes] of saved.entries()) {
      if (i % 3 === 0) continue;
      const epochs = Math.floor(i / 3) + 1;
      const loaded = modelFromSafetensors(bytes);
      if (epochs === 8) expect(loaded.fingerprint('state')).toBe(watched.fingerprint('state'));
      else expect((await inSteps(loaded, 8 - epochs, { ...SHORT, ...split })).fingerprint).toBe(run.fingerprint);
    }
  });

  it('is saved with the optimizer, and begins anew without it, with compile and in a clone', async () => {
    const trained = model(course());
    await trained.fit(x, labels, { ...SHORT, ...split, epochs: 6 });
    const path = freshPath();
    await trained.save(path);
    const loaded = await loadModel(path);
    expect(loaded.fingerprint('state')).toBe(trained.fingerprint('state'));
    await trained.save(path, { optimizer: false });
    const first = async (of: Sequential) =>
      (await of.fit(x, labels, { ...SHORT, ...split, epochs: 1 })).history.learning_rate?.[0];
    expect(await first(await loadModel(path))).toBe(0.02);
    expect(await first(trained.clone())).toBe(0.02);
    expect(await first(loaded)).toBeLessThan(0.02);
    const optimizer = course({ initialLearningRate: 0.7 });
    loaded.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    expect(await first(loaded)).toBe(0.7);
    loaded.compile({ optimizer: adam(), loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
    expect((await loaded.fit(x, labels, SHORT)).history.learning_rate).toBeUndefined();
    // Before the first epoch its best value is infinite, which JSON has no number for.
    const fresh = model(course());
    expect(modelFromSafetensors(fresh.toSafetensors()).fingerprint('state')).toBe(fresh.fingerprint('state'));
  });

  it.each([
    ['a rate above the first', { learningRate: 0.03, best: 1, wait: 0, cooldown: 0 }, 'a rate from 0'],
    ['no best', { learningRate: 0.01, best: 'NaN', wait: 0, cooldown: 0 }, 'a number'],
    ['half an epoch', { learningRate: 0.01, best: 1, wait: 0.5, cooldown: 0 }, 'an integer'],
    ['other words', { learningRate: 0.01, best: 1, waits: 1, cooldown: 0 }, 'did you mean wait?'],
  ])('refuses a file with %s', async (_, plateau, text) => {
    const path = freshPath();
    await model(course()).save(path);
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
    const facts = JSON.parse(header.__metadata__.samebits);
    header.__metadata__.samebits = JSON.stringify({ ...facts, counters: { ...facts.counters, plateau } });
    const json = JSON.stringify(header);
    const padded = Buffer.from(json.padEnd(Math.ceil(Buffer.byteLength(json) / 8) * 8));
    const head = Buffer.alloc(8);
    head.writeBigUInt64LE(BigInt(padded.length));
    writeFileSync(path, reseal(Buffer.concat([head, padded, bytes.subarray(8 + length)]), AT_SEAL));
    const { code, message } = await failure(() => loadModel(path));
    expect(code).toBe('ERR_SAMEBITS_FILE');
    expect(message).toContain(text);
  });

  it('counts no epoch that ends in a warm-up', async () => {
    const schedule = reduceOnPlateau({ initialLearningRate: 0.02, monitor: 'loss', mode: 'max', patience: 1 });
    const warm = adam({ learningRate: warmUp({ schedule, steps: 3 }) });
    const { history } = await model(warm).fit(x, labels, { ...SHORT, epochs: 5 });
    // The first epoch ends in the warm-up; the second is the best so far; the loss falls, which is worse here.
    expect(history.learning_rate).toEqual([0.02 * (1 / 3), 0.02, 0.02, 0.02 * 0.1, 0.02 * 0.1 * 0.1]);
  });

  it('has one state in each member of an ensemble', async () => {
    const members = () => [1, 2, 3].map((seed) => model(course(), { seed }));
    const beside = members();
    // Each an epoch, in turn.
    for (let epoch = 0; epoch < 8; epoch += 1) {
      for (const member of beside) await member.fit(x, labels, { ...SHORT, ...split, epochs: 1 });
    }
    const alone = members();
    for (const member of alone) await member.fit(x, labels, { ...SHORT, ...split, epochs: 8 });
    const states = beside.map((member) => member.fingerprint('state'));
    expect(states).toEqual(alone.map((member) => member.fingerprint('state')));
    const [together, others] = [await ensemble(beside).predict(x), await ensemble(alone).predict(x)];
    expect(together.data).toEqual(others.data);
  });

  it('is part of a recipe as JSON, and a level of its cause', async () => {
    const { recipe } = await model(course()).fit(x, labels, { ...SHORT, ...split });
    expect(parseRecipe(JSON.parse(JSON.stringify(recipe)))).toEqual(recipe);
    const setting = { recipe, data: { source: { kind: 'digits' } }, execution: { threads: 1, isa: 'auto' } } as never;
    expect(CAUSES.learningRate.read(setting)).toEqual(course().learningRate);
  });
});

it('has the bits of the same rates given piece by piece', async () => {
  const run = await model(course()).fit(x, labels, { ...SHORT, ...split, epochs: 9 });
  const values = run.history.learning_rate as readonly number[];
  const perEpoch = run.steps / 9;
  const pieces = piecewiseConstantDecay({ boundaries: values.slice(1).map((_, i) => (i + 1) * perEpoch - 1), values });
  const other = await model(adam({ learningRate: pieces })).fit(x, labels, { ...SHORT, ...split, epochs: 9 });
  expect(other.fingerprint).toBe(run.fingerprint);
});
