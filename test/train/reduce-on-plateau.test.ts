import { readFileSync, writeFileSync } from 'node:fs';
import {
  adam,
  CAUSES,
  compareRuns,
  earlyStopping,
  ensemble,
  type FitOptions,
  loadModel,
  modelFromRun,
  modelFromSafetensors,
  type Optimizer,
  openRun,
  parseRecipe,
  piecewiseConstantDecay,
  type ReduceOnPlateau,
  type ReduceOnPlateauOptions,
  reduceOnPlateau,
  resume,
  type Sequential,
  sgd,
  verify,
  warmUp,
  why,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';
import { reseal } from '../fuzz/mutations.js';
import { observed, type Plateau, unobserved } from '../oracle/schedules.js';
import { freshPath } from '../runs/folder.js';
import { FIT, labels, model, Witness, x } from '../runs/problem.js';
import { COLUMNS, failure, ROWS } from './problem.js';

const AT_SEAL = 8 + '{"__metadata__":{"sha256":"'.length;

const NETWORK = { isa: 'scalar', emulate: 0, inputs: 1, rescale: null, loss: 'meanSquaredError' } as const;
const LAYER = { kind: 'dense', units: 1, activation: 'linear', useBias: false } as const;

/** Rates after each epoch, of the native schedule, with its whole state. */
function statesOf(options: ReduceOnPlateauOptions, values: readonly number[]): Plateau[] {
  const learningRate = reduceOnPlateau(options);
  const network = new (addon().Network)({
    ...NETWORK,
    layers: [LAYER],
    optimizer: { kind: 'sgd', learningRate },
  } as never);
  try {
    return values.map((value, i) => {
      network.setCounters({ ...network.getCounters(), steps: i + 1, epochs: i + 1 });
      network.observe(value);
      return { ...(network.getCounters().plateau as Plateau) };
    });
  } finally {
    network.dispose();
  }
}

/** Keras 3's callback, line by line, but for a rate in binary64. */
function kerasRates(options: ReduceOnPlateauOptions, values: readonly number[]): number[] {
  const { initialLearningRate, monitor = 'val_loss', factor = 0.1, patience = 10, minDelta = 1e-4 } = options;
  const { cooldown = 0, minLearningRate = 0, mode = 'auto' } = options;
  const min = mode === 'min' || (mode === 'auto' && !monitor.includes('acc'));
  let [rate, best, wait, counter] = [initialLearningRate, min ? Infinity : -Infinity, 0, 0];
  return values.map((current) => {
    if (counter > 0) [counter, wait] = [counter - 1, 0];
    if (min ? current < best - minDelta : current > best + minDelta) [best, wait] = [current, 0];
    else if (counter <= 0) {
      wait += 1;
      if (wait >= patience && rate > minLearningRate) {
        [rate, counter, wait] = [Math.max(rate * factor, minLearningRate), cooldown, 0];
      }
    }
    return rate;
  });
}

const NAN = Number.NaN;
const COURSES: readonly (readonly [string, Partial<ReduceOnPlateauOptions>, readonly number[]])[] = [
  ['falls', { patience: 2 }, [5, 4, 3, 2, 1]],
  ['stays', { patience: 2, factor: 0.5 }, [1, 1, 1, 1, 1, 1, 1]],
  ['patience 0 is as 1', { patience: 0 }, [1, 1, 1]],
  ['becomes better by minDelta, no more', { patience: 1, minDelta: 0.5 }, [3, 2.5, 2, 1.9, 1.3]],
  ['cools down', { patience: 1, cooldown: 3, factor: 0.5 }, [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]],
  ['becomes better while it cools down', { patience: 2, cooldown: 2 }, [1, 2, 2, 0, 2, 2, 2, 2, 2]],
  ['cools down for one epoch', { patience: 2, cooldown: 1 }, [1, 2, 2, 2, 2, 2, 2, 2, 2]],
  ['comes to the least', { patience: 1, minLearningRate: 0.03, factor: 0.5 }, [1, 1, 1, 1, 1, 1, 1]],
  ['begins below the least', { patience: 1, minLearningRate: 7 }, [1, 1, 1, 1]],
  ['is NaN', { patience: 2 }, [NAN, NAN, 1, NAN, 0.5, NAN, NAN, NAN, NAN]],
  ['is infinite', { patience: 2 }, [Infinity, Infinity, 3, Infinity, 2, -Infinity, -Infinity, -Infinity]],
  ['rises, and more is better', { patience: 2, monitor: 'val_accuracy' }, [0, 0.5, 0.5, 0.5, 0.6, 0.7, 0.1, 0.1]],
  ['rises, and less is better', { patience: 2, monitor: 'accuracy', mode: 'min' }, [0, 0.5, 0.5, 0.5, -1, 0]],
  ['falls, and more is better', { patience: 1, monitor: 'loss', mode: 'max' }, [5, 4, 3, 6, 7, 1]],
  ['is -0', { patience: 1, minDelta: 0 }, [-0, 0, -0]],
];

describe('a rate whose metric', () => {
  it.each(COURSES)('%s has the rates of Keras and the state of the oracle', (_, rest, values) => {
    const options = { initialLearningRate: 0.1, ...rest };
    const states = statesOf(options, values);
    expect(states.map(({ learningRate }) => learningRate)).toEqual(kerasRates(options, values));
    const schedule = reduceOnPlateau(options);
    let state = unobserved(schedule) as Plateau;
    values.forEach((value, i) => {
      state = observed(schedule, state, i + 1, value);
      expect(states[i]).toStrictEqual(state);
    });
  });

  it('is better than nothing, even where it is infinite', () => {
    expect(statesOf({ initialLearningRate: 1 }, [Infinity])[0]).toStrictEqual({
      learningRate: 1,
      best: Infinity,
      wait: 1,
      cooldown: 0,
    });
  });
});

describe('reduceOnPlateau', () => {
  it('has the defaults of Keras', () => {
    expect(reduceOnPlateau({ initialLearningRate: 0.5 })).toEqual({
      name: 'reduceOnPlateau',
      initialLearningRate: 0.5,
      monitor: 'val_loss',
      factor: 0.1,
      patience: 10,
      minDelta: 1e-4,
      cooldown: 0,
      minLearningRate: 0,
      mode: 'auto',
    });
  });

  it.each<[string, () => unknown, string]>([
    ['no rate', () => reduceOnPlateau({} as never), 'a number above 0 for reduceOnPlateau.initialLearningRate'],
    ['a factor of 1', () => reduceOnPlateau({ initialLearningRate: 1, factor: 1 }), 'above 0 and below 1'],
    ['half an epoch', () => reduceOnPlateau({ initialLearningRate: 1, patience: 0.5 }), 'an integer of at least 0'],
    [
      'a metric of another library',
      () => reduceOnPlateau({ initialLearningRate: 1, monitor: 'valLoss' as never }),
      "'val_accuracy' (did you mean 'val_loss'?) for reduceOnPlateau.monitor",
    ],
    [
      'a metric of no library',
      () => reduceOnPlateau({ initialLearningRate: 1, monitor: 7 as never }),
      "'val_accuracy' for reduceOnPlateau.monitor",
    ],
    [
      "Keras's word",
      () => reduceOnPlateau({ initialLearningRate: 1, minDeltas: 1 } as never),
      'did you mean minDelta?',
    ],
    [
      'a warm-up inside',
      () => sgd({ learningRate: { ...reduceOnPlateau({ initialLearningRate: 1 }), steps: 3 } as never }),
      'one of the options name, initialLearningRate, monitor',
    ],
  ])('refuses %s', async (_, action, text) => {
    const { code, message } = await failure(action);
    expect(code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(message).toContain(text);
  });

  it('refuses a metric that no epoch will have, before anything is trained', async () => {
    const on = (monitor: ReduceOnPlateauOptions['monitor'], warm = false): Optimizer => {
      const learningRate = reduceOnPlateau({ initialLearningRate: 0.1, monitor });
      return sgd({ learningRate: warm ? warmUp({ schedule: learningRate, steps: 2 }) : learningRate });
    };
    const watched = model(on('val_loss'));
    const before = watched.fingerprint('state');
    const folder = freshPath();
    const error = await failure(() => watched.fit(x, labels, { ...FIT, folder }));
    expect(error.code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(error.message).toContain(
      'Expected validationData, or one of the metrics loss, accuracy (did you mean loss?), for ' +
        'optimizer.learningRate.monitor but received "val_loss"',
    );
    expect(watched.fingerprint('state')).toBe(before);
    await expect(openRun(folder)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    await expect(model(on('val_accuracy', true)).fit(x, labels, FIT)).rejects.toThrow(
      '(did you mean accuracy?), for optimizer.learningRate.schedule.monitor',
    );
    expect(() => watched.compile({ optimizer: on('accuracy'), loss: 'sparseCategoricalCrossentropy' })).toThrow(
      "metrics: ['accuracy'], or one of the metrics loss, val_loss (did you mean loss?), for compile.optimizer",
    );
    const { recipe } = await model(on('val_loss')).fit(x, labels, { ...FIT, validationSplit: 0.2 });
    await expect(compareRuns(recipe, [{ threads: 1 }, { threads: 2 }], { x, y: labels })).rejects.toThrow(
      'Expected validationData, or one of the metrics',
    );
  });
});

/** A network whose loss and accuracy move a little and stay, in 12 epochs of 2 steps. */
const SHORT = { batchSize: 80, batchLeaf: 16 } as const;

function course(options: Partial<ReduceOnPlateauOptions> = {}): Optimizer {
  const learningRate = reduceOnPlateau({
    initialLearningRate: 0.02,
    factor: 0.5,
    patience: 1,
    minDelta: 0.05,
    cooldown: 1,
    ...options,
  });
  return adam({ learningRate });
}

const split = { validationSplit: 0.3 } as const;

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
    const values = history[schedule.monitor] as readonly number[];
    const rates = kerasRates(schedule, values);
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

const CUT = Math.floor(ROWS * 0.7);
const train = { x: { data: x.slice(0, CUT * COLUMNS), rows: CUT, columns: COLUMNS }, y: labels.slice(0, CUT) };
const test = { x: { data: x.slice(CUT * COLUMNS), rows: ROWS - CUT, columns: COLUMNS }, y: labels.slice(CUT) };
const given = { ...SHORT, validationData: [test.x, test.y] } as const;

describe('a run folder with plateaus', () => {
  const options = { ...given, epochs: 8 };

  it.each([3, 4, 11])('goes on to the same bits after step %i, and is verified', async (stopAfter) => {
    const whole = await model(course()).fit(train.x, train.y, { ...options, folder: freshPath() });
    const folder = freshPath();
    const witness = new Witness(stopAfter);
    const stopped = { ...options, folder, checkpointEvery: 3, keepCheckpoints: 9, ...witness.stopping };
    await expect(model(course()).fit(train.x, train.y, stopped)).rejects.toThrow();
    const { run, model: resumed } = await resume(folder, train.x, train.y, {
      validationData: [test.x, test.y],
      threads: 3,
    });
    expect([run.fingerprint, run.history]).toEqual([whole.fingerprint, whole.history]);
    expect((await modelFromRun(folder)).fingerprint('state')).toBe(resumed.fingerprint('state'));
    for (const sample of [undefined, 3]) {
      const sampled = sample === undefined ? {} : { sample };
      const report = await verify(folder, { data: train, validationData: test, ...sampled });
      expect([report.verdict, report.difference]).toEqual(['verified', null]);
      // By the metrics as they were recorded.
      expect((await verify(folder, { data: train, ...sampled })).verdict).toBe('verified');
    }
  });

  it('cannot be verified where neither the validation nor its metrics are at hand', async () => {
    const folder = freshPath();
    await model(course()).fit(train.x, train.y, { ...options, folder });
    writeFileSync(`${folder}/metrics.jsonl`, '');
    const report = await verify(folder, { data: train });
    expect(report.missing).toBe('the validation data, which decided its learning rate');
  });

  it('says why two of them differ', async () => {
    const data = {
      name: 'halves',
      classes: 3,
      train: { x: train.x, labels: train.y },
      test: { x: test.x, labels: test.y },
    };
    const [a, b, c] = [freshPath(), freshPath(), freshPath()];
    const kept = { ...options, trace: 'step', checkpointEvery: 2, keepCheckpoints: 20 } as const;
    const { history } = await model(course()).fit(train.x, train.y, { ...kept, folder: a });
    await model(course({ factor: 0.25 })).fit(train.x, train.y, { ...kept, folder: b });
    await model(course()).fit(train.x, train.y, { ...kept, folder: c, threads: 2 });
    const reduced = history.learning_rate?.findIndex((rate) => rate < 0.02) as number;
    const report = await why(a, b, { data: data as never });
    expect([report.missing, report.verdict]).toEqual([[], 'explained']);
    expect(report.parting?.step).toBe(2 * reduced + 1);
    expect(report.swaps.map(({ factor, equal }) => [factor, equal])).toEqual([['learningRate', true]]);
    expect((await why(a, c, { data: data as never })).verdict).toBe('equal');
    // Rows to train on alone do not say what decided its rates.
    const without = await why(a, b, { data: train });
    expect(without.missing.join()).toContain('the validation data, which decided its learning rate');
  });

  it('stops early by the same metric, and restores its best epoch', async () => {
    const callbacks = earlyStopping({ patience: 3, restoreBestWeights: true });
    const run = await model(course()).fit(train.x, train.y, { ...options, epochs: 40, callbacks });
    const again = await model(course()).fit(train.x, train.y, { ...options, epochs: run.history.loss.length });
    expect(again.fingerprint).toBe(run.fingerprint);
  });

  it('is compared by validation on the test rows', async () => {
    const run = await model(course()).fit(train.x, train.y, { ...options, epochs: 6 });
    const data = { ...train, xTest: test.x, yTest: test.y };
    const report = await compareRuns(run.recipe, [{ threads: 1 }, { threads: 2 }], data);
    expect(report.runs.map(({ fingerprint }) => fingerprint)).toEqual([run.fingerprint, run.fingerprint]);
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
