import {
  adam,
  compareRuns,
  dense,
  digits,
  type LabeledData,
  modelFromRecipe,
  parseRecipe,
  type Recipe,
  rescaling,
  sgd,
} from 'samebits';
import { beforeAll, describe, expect, it } from 'vitest';
import { shareData } from '../../dist/compare/data.js';
import { locate } from '../../dist/compare/locate.js';
import { ulpDistance } from '../../dist/compare/ulp.js';

let data: LabeledData;
beforeAll(async () => {
  data = await digits();
});

interface Changes {
  readonly optimizer?: Recipe['optimizer'];
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly useBias?: boolean;
}

function recipe({ optimizer = adam(), epochs = 2, batchSize = 128, useBias = true }: Changes = {}): Recipe {
  return parseRecipe({
    model: {
      layers: [
        rescaling({ scale: 1 / 16 }),
        dense({ units: 32, activation: 'relu', useBias }),
        dense({ units: 10, activation: 'softmax', useBias }),
      ],
    },
    seed: 7,
    optimizer,
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
    fit: { epochs, batchSize },
  });
}

interface Tensors {
  readonly name: string;
  readonly data: Float32Array;
}

/** All weights after every step of a run, through the public API. */
async function trace(of: Recipe, options: object): Promise<Tensors[][]> {
  const model = modelFromRecipe(of);
  const steps: Tensors[][] = [];
  const keep = (): void => {
    steps.push(model.getWeights().map(({ name, data: values }) => ({ name, data: Float32Array.from(values) })));
  };
  await model.fit(data.train.x, data.train.labels, { ...of.fit, ...options, callbacks: { onBatchEnd: keep } });
  return steps;
}

/** The first difference of two traces, looked for element by element. */
function firstDifference(a: Tensors[][], b: Tensors[][]) {
  for (const [step, tensors] of a.entries()) {
    for (const [t, { name, data: values }] of tensors.entries()) {
      const other = b[step][t].data;
      const index = values.findIndex((value, i) => !Object.is(value, other[i]));
      if (index < 0) continue;
      const [x, y] = [values[index], other[index]];
      return { step: step + 1, tensor: name, index, a: x, b: y, ulp: ulpDistance(x, y) };
    }
  }
  return null;
}

describe('compareRuns', () => {
  it('finds fixed order identical on any number of threads, on the scalar kernels too, and the free chain not', async () => {
    const { runs, steps, baseline } = await compareRuns(
      recipe(),
      [
        { threads: 1, reduction: 'free' },
        { threads: 1 },
        { threads: 2 },
        { threads: 3 },
        { threads: 2, isa: 'scalar' },
      ],
      { data, repeats: 2 },
    );
    expect(steps).toBe(24);
    expect(runs.map(({ threads, reduction, repeat }) => [threads, reduction, repeat])).toEqual([
      [1, 'free', 1],
      [1, 'free', 2],
      [1, 'fixed', 1],
      [1, 'fixed', 2],
      [2, 'fixed', 1],
      [2, 'fixed', 2],
      [3, 'fixed', 1],
      [3, 'fixed', 2],
      [2, 'fixed', 1],
      [2, 'fixed', 2],
    ]);
    expect(runs[8].isa).toBe('scalar');
    expect(baseline).toBe(2);

    const model = modelFromRecipe(recipe());
    const run = await model.fit(data.train.x, data.train.labels, { ...recipe().fit, threads: 2 });
    const metrics = await model.evaluate(data.test.x, data.test.labels);
    for (const fixed of runs.slice(2)) {
      expect(fixed).toMatchObject({ identical: true, firstDifference: null, fingerprint: run.fingerprint, metrics });
      expect(fixed).toMatchObject({ maxUlp: 0, maxAbs: 0, relativeL2: 0, weightsDiffer: 0, predictionsDiffer: 0 });
      expect(fixed.ulpHistogram).toEqual([{ upTo: 0, count: 64 * 32 + 32 + 32 * 10 + 10 }]);
      expect(fixed.seconds).toBeGreaterThan(0);
      expect(fixed.samplesPerSecond).toBeCloseTo((2 * 1437) / fixed.seconds);
    }

    // On one thread free order is one chain: another order than the tree's, and the same each time.
    const direct = firstDifference(
      await trace(recipe(), { threads: 1 }),
      await trace(recipe(), { reduction: 'free', threads: 1 }),
    );
    expect(direct).not.toBeNull();
    expect(runs[0].fingerprint).toBe(runs[1].fingerprint);
    for (const free of runs.slice(0, 2)) {
      expect(free.identical).toBe(false);
      expect(free.firstDifference).toMatchObject(direct ?? {});
      expect(free.fingerprint).not.toBe(run.fingerprint);
      expect(free.weightsDiffer).toBeGreaterThan(0);
      expect(free.maxUlp).toBeGreaterThan(0);
      expect(free.ulpHistogram[0].count).toBe(Math.round((1 - free.weightsDiffer) * 2410));
      expect(free.distance.at(-1)?.step).toBe(24);
      expect(Math.max(...free.distance.map(({ maxAbs }) => maxAbs as number))).toBe(free.maxAbs);
    }
  });

  it('finds a late first difference to the step, between the steps that it samples', async () => {
    // With so small a rate, and no biases that start at 0, most differences of a gradient are rounded away.
    const late = recipe({ optimizer: sgd({ learningRate: 5e-5 }), epochs: 10, useBias: false });
    const free = { reduction: 'free', threads: 1 } as const;
    const direct = firstDifference(await trace(late, { threads: 1 }), await trace(late, free));
    const { runs } = await compareRuns(late, [{ threads: 1 }, free], { data });
    expect(runs[1].distance.map(({ step }) => step)).not.toContain(direct?.step);
    expect(runs[1].firstDifference).toMatchObject(direct ?? {});
  });

  it('finds a difference that only the optimizer has', async () => {
    // A rate at which no weight moves.
    const still = recipe({ optimizer: sgd({ learningRate: 1e-30, momentum: 0.5 }), epochs: 1, useBias: false });
    const { runs } = await compareRuns(still, [{ threads: 1 }, { threads: 2 }, { threads: 1, reduction: 'free' }], {
      data,
    });
    expect(runs[1].identical).toBe(true);
    expect(runs[2]).toMatchObject({ identical: false, weightsDiffer: 0, maxUlp: 0 });
    expect(runs[2].fingerprint).toBe(runs[0].fingerprint);
    expect(runs[2].firstDifference).toMatchObject({ step: 1, tensor: expect.stringMatching(/\/momentum$/) });
  });

  it('says so where free order diverges from nothing', async () => {
    // Batches of one unit leave no order to choose, and are one leaf of the tree.
    const { runs } = await compareRuns(
      recipe({ batchSize: 8, epochs: 1 }),
      [{ threads: 1 }, { threads: 3, reduction: 'free' }],
      { data },
    );
    expect(runs[1]).toMatchObject({ reduction: 'free', identical: true, firstDifference: null, weightsDiffer: 0 });
    expect(runs[1].fingerprint).toBe(runs[0].fingerprint);
  });

  it('takes rows and targets of any loss, and compares on the training rows where there are no others', async () => {
    const x = Array.from({ length: 40 }, (_, i) => [i / 40, (i % 7) / 7, (i % 3) / 3]);
    const regression = parseRecipe({
      model: { layers: [dense({ units: 5, activation: 'tanh' }), dense({ units: 2 })] },
      seed: 'curve',
      optimizer: sgd(),
      loss: 'meanSquaredError',
      fit: { epochs: 3, batchSize: 16 },
    });
    const { runs } = await compareRuns(regression, [{ threads: 1 }, { threads: 2 }], {
      x,
      y: x.map(([a, b]) => [a, b]),
    });
    expect(runs[1].identical).toBe(true);
    expect(runs[1].metrics.loss).toBeGreaterThan(0);
    expect(runs[1].metrics.accuracy).toBeNaN();
  });

  it('reports progress, and each run once at its beginning and end', async () => {
    const seen: { run: number; step: number; seconds: number | null }[] = [];
    const { runs } = await compareRuns(recipe(), [{ threads: 1 }, { threads: 2 }], {
      data,
      repeats: 2,
      onProgress: ({ run, step, steps, seconds }) => {
        expect(steps).toBe(24);
        seen.push({ run, step, seconds });
      },
    });
    expect(seen.filter(({ step }) => step === 0).map(({ run }) => run)).toEqual([1, 2, 3, 4]);
    const ends = seen.filter(({ seconds }) => seconds !== null);
    expect(ends.map(({ run, step }) => [run, step])).toEqual([1, 2, 3, 4].map((run) => [run, 24]));
    expect(ends.map(({ seconds }) => seconds).sort()).toEqual(runs.map(({ seconds }) => seconds).sort());
  });

  it('stops when it is told to, and passes on what a callback throws', async () => {
    const long = recipe({ epochs: 100_000 });
    const controller = new AbortController();
    const reason = new Error('enough');
    const abort = (): void => controller.abort(reason);
    await expect(
      compareRuns(long, [{ threads: 2 }], {
        data,
        signal: controller.signal,
        onProgress: ({ step }) => step > 0 && abort(),
      }),
    ).rejects.toBe(reason);
    await expect(compareRuns(long, [{}], { data, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    for (const from of [0, 1]) {
      const onProgress = ({ step }: { step: number }): void => {
        if (step >= from) throw reason;
      };
      await expect(compareRuns(long, [{ threads: 1 }], { data, onProgress })).rejects.toBe(reason);
    }
  });

  it('says which run, step and tensor stopped being finite', async () => {
    const wild = recipe({ optimizer: sgd({ learningRate: 1e30 }) });
    await expect(compareRuns(wild, [{ threads: 2 }], { data })).rejects.toMatchObject({
      name: 'SamebitsError',
      code: 'ERR_SAMEBITS_NON_FINITE',
      step: expect.any(Number),
      tensor: expect.stringMatching(/^dense_[12]\/(kernel|bias)$/),
      message: expect.stringContaining('run 1 of 1: fixed order, 2 threads'),
    });
  });

  it.each([
    ['no variants', [], {}, 'ERR_SAMEBITS_ARGUMENT'],
    ['no threads', [{ threads: 0 }], {}, 'ERR_SAMEBITS_ARGUMENT'],
    ['a fraction of a thread', [{ threads: 1.5 }], {}, 'ERR_SAMEBITS_ARGUMENT'],
    ['an unknown order', [{ reduction: 'random' }], {}, 'ERR_SAMEBITS_ARGUMENT'],
    ['an unknown instruction set', [{ isa: 'mmx' }], {}, 'ERR_SAMEBITS_ARGUMENT'],
    ['an unknown key', [{ thread: 1 }], {}, 'ERR_SAMEBITS_ARGUMENT'],
    ['no data', [{}], { data: undefined }, 'ERR_SAMEBITS_ARGUMENT'],
    ['what is no data', [{}], { data: 'mnist' }, 'ERR_SAMEBITS_ARGUMENT'],
    ['no repeats', [{}], { repeats: 0 }, 'ERR_SAMEBITS_ARGUMENT'],
    ['x without y', [{}], { data: undefined, x: [[1]] }, 'ERR_SAMEBITS_ARGUMENT'],
    ['NaN in x', [{}], { data: undefined, x: [[Number.NaN]], y: [0] }, 'ERR_SAMEBITS_DATA'],
    ['labels out of range', [{}], { data: undefined, x: [[1]], y: [10] }, 'ERR_SAMEBITS_DATA'],
    ['too few labels', [{}], { data: undefined, x: [[1], [2]], y: [1] }, 'ERR_SAMEBITS_SHAPE'],
    ['empty data', [{}], { data: undefined, x: [], y: [] }, 'ERR_SAMEBITS_DATA'],
  ])('refuses %s', async (_, variants, options, code) => {
    const wrong = compareRuns(recipe(), variants as never, { data, ...options } as never);
    await expect(wrong).rejects.toMatchObject({ name: 'SamebitsError', code });
  });
});

describe('locate', () => {
  it('replays a recording to the difference that comparing whole traces finds', async () => {
    const of = recipe({ epochs: 1 });
    const model = modelFromRecipe(of);
    const free = { reduction: 'free', threads: 3 } as const;
    const { recording } = await model.fit(data.train.x, data.train.labels, { ...of.fit, ...free, record: true });
    if (recording === null) throw new Error('no recording');
    const replayed = await trace(of, { ...free, replay: recording });
    const direct = firstDifference(await trace(of, { threads: 1 }), replayed);
    const { port1: port } = new MessageChannel();
    const subject = { recipe: of, data: shareData(of, { data }) };
    const found = await locate(
      {
        kind: 'locate',
        baseline: { ...subject, execution: { threads: 1, reduction: 'fixed', isa: 'scalar' }, recording: null },
        variant: { ...subject, execution: { ...free, isa: 'scalar' }, recording },
        from: 0,
        to: recording.steps,
        scope: 'weights',
        port: port as never,
      },
      new AbortController().signal,
    );
    port.close();
    expect(direct).not.toBeNull();
    expect(found).toMatchObject(direct ?? {});
  });

  it('gives nothing where the runs stay equal', async () => {
    const of = recipe({ epochs: 1 });
    const subject = { recipe: of, data: shareData(of, { data }) };
    const execution = { threads: 2, reduction: 'fixed', isa: 'scalar' } as const;
    const rerun = { ...subject, execution, recording: null };
    const { port1: port } = new MessageChannel();
    const task = { kind: 'locate', baseline: rerun, variant: rerun } as const;
    const rest = { from: 2, to: 12, scope: 'state', port: port as never } as const;
    expect(await locate({ ...task, ...rest }, new AbortController().signal)).toBeNull();
    port.close();
  });
});
