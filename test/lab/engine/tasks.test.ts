import { digits, modelFromRecipe } from 'samebits';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Setting } from '../../../dist/causes/cause.js';
import { type DataSet, fromLabeled } from '../../../dist/data/data-set.js';
import { loadSource } from '../../../dist/data/load-source.js';
import type { MadeUpSource } from '../../../dist/data/source.js';
import type { PairResult, PairTask, StagesResult, TrainTask } from '../../../dist/lab/experiment/task.js';
import { runMetrics } from '../../../dist/lab/measures/class-metrics.js';
import type { TaskContext, TrainRecord } from '../../../dist/lab/tasks/outcome.js';
import { pairSteps } from '../../../dist/lab/tasks/pair.js';
import { runTask } from '../../../dist/lab/tasks/run-task.js';
import { fingerprintPredictions } from '../../../dist/train/fingerprint.js';
import { CLASSES, REGRESSION, settingOn, trainTask } from './experiments.js';

const known = new Map<string, DataSet>();
const context: TaskContext = {
  dataOf: (source) => known.get(JSON.stringify(source)) as DataSet,
  signal: new AbortController().signal,
};
beforeAll(async () => {
  for (const source of [REGRESSION, CLASSES, { ...CLASSES, classes: 2 }]) {
    known.set(JSON.stringify(source), await loadSource(source));
  }
  known.set(JSON.stringify({ kind: 'digits' }), fromLabeled(await digits()));
});

const train = async (task: TrainTask) => {
  const { result, arrays } = await runTask(task, context);
  return { ...(result as TrainRecord), arrays };
};
const pairOf = async (task: Partial<PairTask> & Pick<PairTask, 'a' | 'b'>): Promise<PairResult> => {
  const { result } = await runTask({ kind: 'pair', repeat: 0, samples: 200, reluRows: 0, ...task }, context);
  return result as PairResult;
};
const withRecipe = (setting: Setting, part: Partial<Setting['recipe']>): Setting => ({
  ...setting,
  recipe: { ...setting.recipe, ...part },
});

describe('a training', () => {
  it('leaves what fit, predict and evaluate give', async () => {
    const setting = settingOn(CLASSES, { metrics: ['accuracy'] });
    const { recipe } = setting;
    const made = await train(trainTask(setting, 7, ['predictions', 'weights', 'classes', 'history']));
    const data = context.dataOf(CLASSES);
    const model = modelFromRecipe(recipe);
    const { history, fingerprint, steps } = await model.fit(data.train.x, data.train.y, { ...recipe.fit });
    const predictions = await model.predict(data.test.x);
    expect(made).toMatchObject({
      fingerprint,
      stateFingerprint: model.fingerprint('state'),
      predictionsFingerprint: fingerprintPredictions(predictions.data, predictions.rows, predictions.columns),
      steps,
      history,
      train: { loss: history.loss[2], accuracy: history.accuracy?.[2] },
      test: await model.evaluate(data.test.x, data.test.y),
      arrays: { predictions: predictions.data },
    });
    const weights = model.getWeights().flatMap(({ data: values }) => [...values]);
    expect(made.arrays.weights).toEqual(Float32Array.from(weights));
    const { classes } = runMetrics(predictions, data.test.y as Uint32Array, recipe.loss);
    expect(made.classes?.map(({ rows }) => rows)).toEqual(classes.map(({ count }) => count));
    expect(made.classes?.map(({ loss }) => loss)).toEqual(classes.map(({ loss }) => loss));
  });

  it('keeps nothing that was not asked for', async () => {
    const made = await train(trainTask(settingOn(REGRESSION), 1));
    expect(made).toMatchObject({ classes: null, history: null, arrays: {} });
    expect(made.test.accuracy).toBeNull();
  });

  it('takes the first rows, or rows drawn with replacement', async () => {
    const setting = settingOn(REGRESSION);
    const some = (data: Partial<Setting['data']>) =>
      train(trainTask({ ...setting, data: { ...setting.data, ...data } }, 1));
    const all = await some({});
    expect(all.steps).toBe(9);
    expect((await some({ rows: 40 })).fingerprint).toBe(all.fingerprint);
    const few = await some({ rows: 16 });
    expect(few.steps).toBe(3);
    const { train: rows } = context.dataOf(REGRESSION);
    const model = modelFromRecipe({ ...setting.recipe, seed: 1 });
    const y = (rows.y as { data: Float32Array }).data.slice(0, 16);
    const first = { data: rows.x.data.slice(0, 16 * 6), rows: 16, columns: 6 };
    expect(few.fingerprint).toBe((await model.fit(first, y, { ...setting.recipe.fit })).fingerprint);
    const drawn = await some({ bootstrap: 1 });
    const redrawn = await some({ bootstrap: 2 });
    expect(new Set([all, few, drawn, redrawn].map(({ fingerprint }) => fingerprint)).size).toBe(4);
    expect((await some({ bootstrap: 1 })).fingerprint).toBe(drawn.fingerprint);
    await expect(some({ rows: 41 })).rejects.toThrow(/at most the 40 training rows/);
  });

  it.each([
    ['binaryCrossentropy', 1, 'sigmoid', 2],
    ['categoricalCrossentropy', 3, 'softmax', 3],
    ['meanSquaredError', 3, 'linear', 3],
  ] as const)('takes labels for %s of %d units', async (loss, units, activation, classes) => {
    const source: MadeUpSource = { ...CLASSES, classes };
    const model = { layers: [{ kind: 'dense', units, activation }] };
    const made = await train(trainTask(settingOn(source, { loss, model }), 1, ['predictions']));
    expect(made.arrays.predictions).toHaveLength(10 * units);
    expect(made.test.accuracy === null).toBe(loss === 'meanSquaredError');
  });

  it('refuses fewer units than classes', async () => {
    const model = { layers: [{ kind: 'dense', units: 2, activation: 'softmax' }] };
    const setting = settingOn(CLASSES, { loss: 'categoricalCrossentropy', model });
    await expect(train(trainTask(setting, 1))).rejects.toThrow(/at least 3 units/);
  });

  it('stops at an abort', async () => {
    const controller = new AbortController();
    const long = settingOn(REGRESSION, { fit: { epochs: 1_000_000, batchSize: 4 } });
    const running = runTask(trainTask(long, 1), { ...context, signal: controller.signal });
    controller.abort(new Error('enough'));
    await expect(running).rejects.toThrow('enough');
  });
});

describe('stages', () => {
  it('go on, start anew, and tell which', async () => {
    const setting = settingOn(REGRESSION);
    const { result } = await runTask(
      {
        kind: 'stages',
        setting,
        stages: [
          { do: 'fit', epochs: 3 },
          { do: 'compileAndFit', epochs: 3 },
          { do: 'reset' },
          { do: 'fit', epochs: 3 },
          { do: 'clone' },
          { do: 'fit', epochs: 1 },
          { do: 'fit', epochs: 2 },
        ],
      },
      context,
    );
    const { fits } = result as StagesResult;
    const fresh = await train(trainTask(setting, 7));
    expect(fits.map(({ stage }) => stage)).toEqual([0, 1, 3, 5, 6]);
    expect(fits[0]).toMatchObject({ fingerprint: fresh.fingerprint, test: fresh.test, train: fresh.train });
    expect(fits[1].fingerprint).not.toBe(fresh.fingerprint);
    expect(fits[1].firstLoss).toBeLessThan(fits[0].firstLoss);
    expect(fits[2]).toEqual({ ...fits[0], stage: 3 });
    expect(fits[3].firstLoss).toBe(fits[0].firstLoss);
    // 1 + 2 epochs are 3.
    expect(fits[4].fingerprint).toBe(fresh.fingerprint);
  });
});

describe('pairSteps', () => {
  it('begins with the initial weights and every step, and ends with the last', () => {
    expect(pairSteps(5, 200)).toEqual([0, 1, 2, 3, 4, 5]);
    const steps = pairSteps(10_000, 40);
    expect(steps.slice(0, 20)).toEqual(Array.from({ length: 20 }, (_, step) => step));
    expect(steps.length).toBeLessThanOrEqual(40);
    expect(steps[steps.length - 1]).toBe(10_000);
    expect([...steps].sort((a, b) => a - b)).toEqual(steps);
    expect(new Set(steps).size).toBe(steps.length);
  });

  it.each([2, 3, 7])('keeps to %d samples', (samples) => {
    const steps = pairSteps(100, samples);
    expect(steps.length).toBeLessThanOrEqual(samples);
    expect(steps[0]).toBe(0);
    expect(steps[steps.length - 1]).toBe(100);
  });
});

describe('a pair', () => {
  const setting = settingOn(CLASSES);

  it('of equal settings never parts, on other threads and instruction sets', async () => {
    const found = await pairOf({
      a: setting,
      b: { ...setting, execution: { threads: 2, isa: 'scalar' } },
      reluRows: 10,
    });
    expect(found).toMatchObject({ equalBits: true, firstDifference: null, events: [], a: found.b });
    expect(found.samples.map(({ step }) => step)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(found.samples.every(({ maxUlp, differing, reluEvents }) => maxUlp + differing + reluEvents === 0)).toBe(
      true,
    );
    expect(found.predictions).toEqual({ maxAbs: 0, meanAbs: 0, relativeL2: 0, differing: 0 });
  });

  it('of one flipped bit parts at the start, in that tensor, by that much', async () => {
    const flippedBit = { tensor: 'dense_2/kernel', index: 3, bit: 2 };
    const found = await pairOf({ a: setting, b: withRecipe(setting, { flippedBit }) });
    expect(found).toMatchObject({ equalBits: false, firstDifference: { step: 0, tensor: 'dense_2/kernel', ulp: 4 } });
    expect(found.tensorNames).toHaveLength(6);
    expect(found.samples[0]).toMatchObject({ differing: 1 / (56 + 45 + 18), maxUlp: 4, tensors: [0, 0, 4, 0, 0, 0] });
    expect(found.samples[9].differing).toBeGreaterThan(0.1);
  });

  it('of another order of rows parts after the first step', async () => {
    const { recipe } = setting;
    const found = await pairOf({ a: setting, b: withRecipe(setting, { seeds: { ...recipe.seeds, order: 99 } }) });
    expect(found.firstDifference).toMatchObject({ step: 1, tensor: 'dense_1/kernel' });
    expect(found.samples[0].maxUlp).toBe(0);
  });

  it('finds the exact step between samples', async () => {
    // Equal until the rows run out: the second epoch begins with other rows.
    const data = { ...setting.data, source: { kind: 'digits' } as const };
    const long = settingOn({ ...CLASSES, classes: 10 }, { fit: { epochs: 1, batchSize: 16, shuffle: false } });
    const [a, b] = [1437, 1000].map((rows) => ({ ...long, data: { ...data, rows } }));
    const found = await pairOf({ a, b, samples: 4 });
    // 1,000 rows are 62 batches and half a one.
    expect(found.firstDifference?.step).toBe(63);
    expect(found.samples.length).toBeLessThanOrEqual(4);
  });

  it('counts relu units that are on in one run only', async () => {
    const other = withRecipe(setting, { seed: 8 });
    const found = await pairOf({ a: setting, b: other, reluRows: 4 });
    const data = context.dataOf(CLASSES);
    // The first hidden layer, by hand, before any step.
    const activations = ({ recipe }: Setting): Float32Array => {
      const model = modelFromRecipe(recipe);
      // Says how many inputs there are.
      model.predictSync(data.test.x);
      const [kernel] = model.getWeights();
      return Float32Array.from({ length: 4 * 8 }, (_, i) => {
        let sum = 0;
        for (let k = 0; k < 6; k += 1)
          sum += data.test.x.data[Math.floor(i / 8) * 6 + k] * kernel.data[k * 8 + (i % 8)];
        return sum;
      });
    };
    const [a, b] = [activations(setting), activations(other)];
    const expected = [...a].flatMap((value, i) =>
      value <= 0 === b[i] <= 0
        ? []
        : [{ step: 0, layer: 'dense_1', unit: i % 8, row: Math.floor(i / 8), on: value > 0 ? 'a' : 'b' }],
    );
    expect(expected.length).toBeGreaterThan(3);
    expect(found.events.filter(({ step, layer }) => step === 0 && layer === 'dense_1')).toEqual(expected);
    expect(found.samples[0].reluEvents).toBeGreaterThanOrEqual(expected.length);
    expect(found.events.length).toBeLessThanOrEqual(100);
  });

  it('needs the same tensors', async () => {
    const wider = settingOn(CLASSES, {
      model: { layers: [{ kind: 'dense', units: 3, activation: 'softmax' }] },
    });
    await expect(pairOf({ a: setting, b: wider })).rejects.toMatchObject({ code: 'ERR_SAMEBITS_SHAPE' });
  });
});

describe('predictions of one input', () => {
  it('are the same in all ways', async () => {
    const { result } = await runTask(
      {
        kind: 'forward',
        setting: settingOn(CLASSES),
        calls: 6,
        threads: [1, 3],
        batches: [1, 4, 11],
        isas: ['scalar'],
      },
      context,
    );
    expect(result).toMatchObject({ calls: 36, distinct: 1 });
    expect((result as { ways: unknown[] }).ways[5]).toEqual({ threads: 3, batch: 11, isa: 'scalar', distinct: 1 });
  });
});
