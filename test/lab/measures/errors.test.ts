import { dense, digits, rescaling, sequential } from 'samebits';
import { describe, expect, it } from 'vitest';
import { runMetrics } from '../../../dist/lab/measures/class-metrics.js';
import { errorCorrelation } from '../../../dist/lab/measures/error-correlation.js';
import { MetricSpreads, PredictionSpreads } from '../../../dist/lab/measures/spread.js';
import { mistakes } from '../../../dist/lab/measures/targets.js';
import { standardDeviation } from '../../../dist/lab/statistics/moments.js';
import { expectNear } from '../statistics/fixtures.js';

const matrix = (columns: number, ...values: number[]) => ({
  data: Float32Array.from(values),
  rows: values.length / columns,
  columns,
});
/** Outputs of a softmax that puts each row into one of three classes. */
const votes = (...classes: number[]) =>
  matrix(3, ...classes.flatMap((chosen) => [0, 1, 2].map((i) => (i === chosen ? 0.5 : 0.25))));
const loss = 'sparseCategoricalCrossentropy';

describe('mistakes', () => {
  it('are counted as accuracy is', () => {
    expect([...mistakes(votes(0, 1, 2, 2), [0, 1, 1, 2], loss)]).toEqual([0, 0, 1, 0]);
    expect([...mistakes(matrix(2, 0.5, 0.5, 0.1, 0.9), [0, 1, 1, 0], 'categoricalCrossentropy')]).toEqual([1, 1]);
    // ½ counts as 0, and a soft target is never hit.
    expect([...mistakes(matrix(2, 0.5, 0.6, 0.6, 0.2), [0, 1, 0, 0.3], 'binaryCrossentropy')]).toEqual([0, 0, 1, 1]);
  });

  it('need targets that fit', () => {
    expect(() => mistakes(votes(0), [0, 1], loss)).toThrow(/Expected 1 targets/);
    expect(() => mistakes(votes(0), [3], loss)).toThrow(/Expected an integer from 0 to 2 for targets\[0\]/);
    expect(() => mistakes(matrix(1, 2), [2], 'meanSquaredError')).toThrow(/a crossentropy for loss/);
  });
});

describe('errorCorrelation', () => {
  it('is φ for classifiers: the determinant of the table over the root of its margins', () => {
    const labels = [0, 0, 0, 0, 1, 1, 1, 1, 2, 2];
    const a = votes(0, 0, 1, 1, 1, 1, 1, 0, 2, 2);
    const b = votes(0, 1, 1, 0, 1, 1, 1, 2, 2, 2);
    const found = errorCorrelation(a, b, labels, loss);
    expect(found).toMatchObject({ decisions: 10, table: { bothRight: 6, onlyAWrong: 1, onlyBWrong: 1, bothWrong: 2 } });
    expectNear(found.r, (6 * 2 - 1 * 1) / Math.sqrt(7 * 3 * 7 * 3), 1e-12);
    expectNear(errorCorrelation(a, a, labels, loss).r, 1, 1e-12);
  });

  it('is none where a run makes no mistake', () => {
    expect(errorCorrelation(votes(0, 1), votes(0, 2), [0, 1], loss)).toMatchObject({ r: null, p: null });
    expect(errorCorrelation(votes(0), votes(0), [0], loss)).toMatchObject({ r: null, decisions: 1 });
  });

  it('is of residuals for regressions', () => {
    const targets = [1, 2, 3, 4];
    const a = matrix(2, 1.5, 2, 2.5, 4.5);
    const b = matrix(2, 2, 2, 2, 5);
    expect(errorCorrelation(a, b, targets, 'meanSquaredError')).toMatchObject({ decisions: 4, table: null });
    expectNear(errorCorrelation(a, b, targets, 'meanSquaredError').r, 1, 1e-12);
    const c = matrix(2, 0.5, 2, 3.5, 3.5);
    expectNear(errorCorrelation(a, c, targets, 'meanSquaredError').r, -1, 1e-12);
  });
});

describe('runMetrics', () => {
  it('has accuracy and loss of each class', () => {
    const found = runMetrics(votes(0, 1, 1, 2), [0, 0, 1, 1], loss);
    const [near, far] = [-Math.log(0.5), -Math.log(0.25)];
    expect(found.accuracy).toBe(0.5);
    expectNear(found.loss, (near + far) / 2, 1e-14);
    expect(found.classes.map((one) => [one.class, one.count, one.accuracy])).toEqual([
      [0, 2, 0.5],
      [1, 2, 0.5],
      [2, 0, null],
    ]);
    expectNear(found.classes[0].loss, (near + far) / 2, 1e-14);
    expect(found.classes[2].loss).toBeNull();
    const oneHot = [1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 1, 0];
    expect(runMetrics(votes(0, 1, 1, 2), oneHot, 'categoricalCrossentropy')).toEqual(found);
  });

  it('has classes 0 and 1 of one sigmoid, and one for each of several', () => {
    const one = runMetrics(matrix(1, 0.75, 0.25, 0.5), [1, 1, 0], 'binaryCrossentropy');
    expect(one.classes.map(({ count, accuracy }) => [count, accuracy])).toEqual([
      [1, 1],
      [2, 0.5],
    ]);
    expectNear(one.classes[1].loss, -(Math.log(0.75) + Math.log(0.25)) / 2, 1e-14);
    const several = runMetrics(matrix(3, 0.75, 0.25, 0.5), [1, 1, 0], 'binaryCrossentropy');
    expect(several.classes.map(({ count, accuracy }) => [count, accuracy])).toEqual([
      [1, 1],
      [1, 0],
      [1, 1],
    ]);
    expect(several.accuracy).toBe(2 / 3);
  });

  it('stays finite where a probability was rounded to 0 or 1', () => {
    expectNear(runMetrics(matrix(2, 1, 0), [1], loss).loss, 149 * Math.LN2, 1e-14);
    expectNear(runMetrics(matrix(1, 1), [0], 'binaryCrossentropy').loss, 25 * Math.LN2, 1e-14);
  });

  it('is a mean square for regressions', () => {
    expect(runMetrics(matrix(2, 1, 2, 3, 5), [1, 1, 1, 1], 'meanSquaredError')).toEqual({
      accuracy: null,
      loss: (0 + 1 + 4 + 16) / 4,
      classes: [],
    });
  });

  it("agrees with the model's own evaluation", async () => {
    const { train, test } = await digits();
    const model = sequential({
      layers: [
        rescaling({ scale: 1 / 16, inputShape: [64] }),
        dense({ units: 16, activation: 'relu' }),
        dense({ units: 10, activation: 'softmax' }),
      ],
      seed: 1,
    });
    model.compile({ optimizer: 'adam', loss, metrics: ['accuracy'] });
    await model.fit(train.x, train.labels, { epochs: 3, batchSize: 32 });
    const evaluated = await model.evaluate(test.x, test.labels);
    const found = runMetrics(await model.predict(test.x), test.labels, loss);
    expect(found.accuracy).toBe(evaluated.accuracy);
    expectNear(found.loss, evaluated.loss, 1e-5);
    expect(found.classes.reduce((sum, { count }) => sum + count, 0)).toBe(test.x.rows);
    model.dispose();
  });
});

describe('spreads', () => {
  const runs = [votes(0, 1, 2, 0), votes(0, 1, 1, 1), votes(0, 2, 0, 0), votes(0, 1, 2, 0)];
  const labels = [0, 1, 2, 2];

  it('of metrics are the moments over runs, overall and by class', () => {
    const spreads = new MetricSpreads();
    expect(spreads.get()).toEqual({ runs: 0, accuracy: null, loss: null, classes: [] });
    const metrics = runs.map((run) => runMetrics(run, labels, loss));
    for (const one of metrics) spreads.add(one);
    const found = spreads.get();
    const accuracies = metrics.map(({ accuracy }) => Number(accuracy));
    expect(accuracies).toEqual([0.75, 0.5, 0.25, 0.75]);
    expect(found).toMatchObject({ runs: 4, accuracy: { count: 4, least: 0.25, most: 0.75 } });
    expectNear(found.accuracy?.standardDeviation, standardDeviation(accuracies), 1e-14);
    expectNear(found.loss?.standardDeviation, standardDeviation(metrics.map((one) => one.loss)), 1e-12);
    expect(found.classes.map(({ accuracy }) => accuracy?.mean)).toEqual([1, 0.75, 0.25]);
    expect(() => spreads.add(runMetrics(matrix(1, 1), [1], 'binaryCrossentropy'))).toThrow(/3 classes/);
  });

  it('of predictions count pairs of runs that disagree, as comparing all pairs would', () => {
    const spreads = new PredictionSpreads(loss);
    for (const run of runs) spreads.add(run);
    const found = spreads.get();
    // Rows: alike; one other (3 of 6 pairs); votes 2, 1, 1 (5 of 6); one other (3 of 6).
    expectNear(found.disagreement, (0 + 3 + 5 + 3) / 6 / 4, 1e-14);
    expect(found).toMatchObject({ runs: 4, unanimous: 0.25 });
    const deviations = Array.from({ length: 12 }, (_, i) => standardDeviation(runs.map(({ data }) => data[i])));
    expectNear(found.meanDeviation, deviations.reduce((sum, value) => sum + value) / 12, 1e-12);
    expectNear(found.maxDeviation, Math.max(...deviations), 1e-12);
    expect(() => spreads.add(votes(1))).toThrow(/4 × 3 outputs for predictions/);
  });

  it('of predictions of sigmoids and regressions', () => {
    const sigmoid = new PredictionSpreads('binaryCrossentropy');
    for (const output of [0.4, 0.6, 0.9]) sigmoid.add(matrix(2, output, 0.1));
    expect(sigmoid.get()).toMatchObject({ disagreement: (2 / 3 + 0) / 2, unanimous: 0.5 });
    const regression = new PredictionSpreads('meanSquaredError');
    regression.add(matrix(1, 1, 5));
    expect(regression.get()).toEqual({
      runs: 1,
      disagreement: null,
      unanimous: null,
      meanDeviation: 0,
      maxDeviation: 0,
    });
    regression.add(matrix(1, 3, 5));
    expectNear(regression.get().maxDeviation, Math.SQRT2, 1e-15);
    expectNear(regression.get().meanDeviation, Math.SQRT1_2, 1e-15);
    expect(new PredictionSpreads(loss).get()).toMatchObject({ runs: 0, disagreement: null, meanDeviation: 0 });
  });

  it('keep nothing of the runs themselves', () => {
    const spreads = new PredictionSpreads(loss);
    const run = votes(0, 1, 2, 0);
    spreads.add(run);
    run.data.fill(0);
    spreads.add(votes(0, 1, 2, 0));
    expect(spreads.get()).toMatchObject({ disagreement: 0, unanimous: 1, maxDeviation: 0 });
  });
});
