import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { dense, sequential } from 'samebits';
import { log, log1p } from 'samebits/math';
import {
  accuracy,
  averagePrecision,
  brierScore,
  confusionMatrix,
  f1,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  precision,
  r2,
  recall,
  rocAuc,
  rootMeanSquaredError,
  topKAccuracy,
} from 'samebits/metrics';
import { describe, expect, it } from 'vitest';
import { mean, Rational, sum } from './exact.js';

const ofClasses = { accuracy, averagePrecision, brierScore, confusionMatrix, f1, logLoss, precision, recall, rocAuc };
const ofNumbers = { meanSquaredError, rootMeanSquaredError, meanAbsoluteError, r2 };

interface Fixture {
  readonly [metric: string]: number | null;
}
type Case<P> = Fixture & { readonly targets: number[]; readonly predictions: P };

/** By R: test/fixtures/metrics.R. */
const fixtures = JSON.parse(readFileSync(join(import.meta.dirname, '..', 'fixtures', 'metrics.json'), 'utf8')) as {
  binary: Case<number[]>[];
  several: (Case<number[][]> & { readonly confusion: number[][] })[];
  numeric: { targets: number[][]; predictions: number[][]; [metric: string]: number | number[][] }[];
};

function expectNear(value: number, wanted: unknown, relative = 1e-14): void {
  if (wanted === null) expect(value).toBeNaN();
  else expect(Math.abs(value - (wanted as number))).toBeLessThanOrEqual(relative * Math.abs(wanted as number));
}

/** Logarithms are rounded to binary32. */
const LOG = 2 ** -23;

describe('R has', () => {
  it.each(fixtures.binary.map((each, i) => [i, each] as const))('the same of two classes, case %i', (_, each) => {
    const { targets, predictions } = each;
    for (const name of ['accuracy', 'precision', 'recall', 'f1', 'rocAuc', 'averagePrecision', 'brierScore'] as const) {
      expectNear(ofClasses[name](targets, predictions), each[name]);
    }
    expectNear(logLoss(targets, predictions), each.logLoss, LOG);
    // Two columns say the same, but for ties and for an output at the threshold, which say class 0 in both.
    const both = predictions.map((p) => [1 - p, p]);
    for (const name of ['accuracy', 'precision', 'recall', 'f1', 'rocAuc', 'averagePrecision'] as const) {
      expect(ofClasses[name](targets, both)).toBe(ofClasses[name](targets, predictions));
    }
    expectNear(brierScore(targets, both), each.brierScore);
    expectNear(logLoss(targets, both), each.logLoss, LOG);
  });

  it.each(fixtures.several.map((each, i) => [i, each] as const))('the same of several, case %i', (_, each) => {
    const { targets, predictions } = each;
    expectNear(accuracy(targets, predictions), each.accuracy);
    expectNear(topKAccuracy(targets, predictions, { k: 2 }), each.top2);
    expect(topKAccuracy(targets, predictions, { k: 1 })).toBe(accuracy(targets, predictions));
    expect(topKAccuracy(targets, predictions)).toBe(1);
    expect(confusionMatrix(targets, predictions)).toEqual(each.confusion);
    for (const name of ['precision', 'recall', 'f1'] as const) {
      expectNear(ofClasses[name](targets, predictions, { average: 'macro' }), each[name]);
      expectNear(ofClasses[name](targets, predictions, { average: 'micro' }), each.micro);
    }
    expectNear(logLoss(targets, predictions), each.logLoss, LOG);
    expectNear(brierScore(targets, predictions), each.brierScore);
  });

  it.each(fixtures.numeric.map((each, i) => [i, each] as const))('the same of numbers, case %i', (_, each) => {
    for (const name of ['meanSquaredError', 'rootMeanSquaredError', 'meanAbsoluteError', 'r2'] as const) {
      expectNear(ofNumbers[name](each.targets, each.predictions), each[name]);
    }
  });
});

/** Values that are no short fractions, from a generator of 31 bits. */
function draw(count: number, seed: number, levels = 0x7fff_ffff): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = Number((BigInt(state) * 48271n) % 0x7fff_ffffn);
    return (state % levels) / levels;
  });
}

describe('exact arithmetic has', () => {
  it.each([1, 2, 3, 17, 64])('the same errors of %i rows', (rows) => {
    const t = draw(rows, 11 + rows).map((value) => value * 10 - 3);
    const p = draw(rows, 5 + rows).map((value) => value * 10 - 3);
    const [a, b] = [[...t].map(Rational.of), [...p].map(Rational.of)];
    const squares = a.map((value, i) => value.minus(b[i]).times(value.minus(b[i])));
    expectNear(meanSquaredError(t, p), mean(squares).value);
    expectNear(meanAbsoluteError(t, p), mean(a.map((value, i) => value.minus(b[i]).abs())).value);
    const m = mean(a);
    if (rows === 1) return expect(r2(t, p)).toBeNaN();
    const total = sum(a.map((value) => value.minus(m).times(value.minus(m))));
    const exact = new Rational(1n).minus(sum(squares).over(total)).value;
    expect(Math.abs(r2(t, p) - exact)).toBeLessThan(1e-13 * (1 + Math.abs(exact)));
  });

  it.each([
    [2, 3],
    [31, 4],
    [80, 11],
    [80, 0x7fff_ffff],
  ])('the same areas of %i rows of %i levels', (rows, levels) => {
    const labels = Array.from({ length: rows }, (_, i): number => ((i * i + (i >> 2)) % 3 === 1 ? 1 : 0));
    const scores = draw(rows, 19 + rows, levels);
    const of = (label: number) => [...scores].filter((_, i) => labels[i] === label);
    const [positive, other] = [of(1), of(0)];
    let halves = 0n;
    for (const a of positive) for (const b of other) halves += a > b ? 2n : a === b ? 1n : 0n;
    // One division: the nearest binary64.
    expect(rocAuc(labels, scores)).toBe(new Rational(halves, 2n * BigInt(positive.length * other.length)).value);

    const thresholds = [...new Set(scores)].sort((a, b) => b - a);
    const terms = thresholds.map((threshold) => {
      const above = labels.filter((_, i) => scores[i] >= threshold);
      const gained = labels.filter((label, i) => scores[i] === threshold && label === 1).length;
      const hits = above.reduce((total, label) => total + label, 0);
      return new Rational(BigInt(gained * hits), BigInt(above.length * positive.length));
    });
    expectNear(averagePrecision(labels, scores), sum(terms).value);
  });
});

describe('the order of evaluation', () => {
  it('of log loss is the page’s, with the logarithms of samebits/math', () => {
    const p = draw(37, 3);
    const t = draw(37, 4);
    let total = 0;
    const [logs, rest] = [log(p), log1p(p.map((value) => -value))];
    for (let row = 0; row < 37; row += 1) total += t[row] * logs[row] + (1 - t[row]) * rest[row];
    expect(logLoss(t, p)).toBe(-total / 37);
  });

  it('of sums is that of the rows', () => {
    const t = [2 ** 60, 1, -1, 2 ** 20, 2 ** 60];
    // Another order would keep the small ones.
    expect(meanAbsoluteError(t, [0, 0, 0, 0, 0])).toBe((2 ** 60 + 1 + 1 + 2 ** 20 + 2 ** 60) / 5);
    expect(meanAbsoluteError([1, 2 ** 53, 1, 1], [0, 0, 0, 0])).toBe(2 ** 51);
    expect(meanAbsoluteError([1, 1, 2 ** 53, 0], [0, 0, 0, 0])).toBe((2 ** 53 + 2) / 4);
  });
});

describe('rules', () => {
  it('of equal scores: the first greatest, and an output at the threshold says 0', () => {
    expect(
      confusionMatrix(
        [0, 1, 2],
        [
          [1, 1, 0],
          [0, 1, 1],
          [1, 1, 1],
        ],
      ),
    ).toEqual([
      [1, 0, 0],
      [0, 1, 0],
      [1, 0, 0],
    ]);
    expect(accuracy([0, 1], [0.5, 0.5])).toBe(0.5);
    // The threshold is rounded as the output is.
    expect(confusionMatrix([1, 0], [0.1, 0.1], { threshold: 0.1 })).toEqual([
      [1, 0],
      [1, 0],
    ]);
    expect(
      topKAccuracy(
        [0, 1, 2],
        [
          [1, 1, 1],
          [1, 1, 1],
          [1, 1, 1],
        ],
        { k: 2 },
      ),
    ).toBe(2 / 3);
    expect(rocAuc([0, 1, 1, 0], [0, -0, 0, -0])).toBe(0.5);
  });

  it('of 0/0 and of classes that do not occur', () => {
    const none = [
      [0, 0],
      [0.1, 0.2],
    ] as const;
    expect(precision(...none)).toBe(0);
    expect(recall(...none, { zeroDivision: 1 })).toBe(1);
    expect(f1(...none, { zeroDivision: Number.NaN })).toBeNaN();
    // Class 1 is said but never is; class 2 neither: the mean is over classes 0 and 1.
    const said = [
      [0, 0],
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
    ] as const;
    expect(recall(...said, { average: 'macro' })).toBe(0.25);
    expect(recall(...said, { average: 'macro', zeroDivision: 1 })).toBe(0.75);
    expect(recall(...said, { average: 'macro', zeroDivision: Number.NaN })).toBe(0.5);
    expect(recall(...said, { positive: 2, zeroDivision: 1 })).toBe(1);
    expect(rocAuc([1, 1], [0.2, 0.3])).toBeNaN();
    expect(averagePrecision([0, 0], [0.2, 0.3])).toBe(0);
    expect(averagePrecision([1, 1], [0.2, 0.3])).toBe(1);
  });

  it('of R² where all targets are equal', () => {
    // Their mean is rounded to another number.
    const targets = [0.1, 0.1, 0.1];
    expect(r2(targets, targets)).toBe(1);
    expect(r2(targets, [0.1, 0.1, 0.2])).toBe(0);
  });

  it('of probabilities 0 and 1', () => {
    const least = Number(log(new Float32Array([2 ** -23]))[0]);
    expect(logLoss([1], [0])).toBe(-least);
    expect(logLoss([0], [1])).toBe(-log1p(new Float32Array([2 ** -23 - 1]))[0]);
    expect(logLoss([0], [[0, 1]])).toBe(-least);
    expect(brierScore([1, 0], [0, 1])).toBe(1);
    expect(brierScore([0], [[0, 0, 1]])).toBe(2);
  });

  it('of the positive class', () => {
    const scores = [
      [0.7, 0.2, 0.1],
      [0.2, 0.3, 0.5],
      [0.3, 0.4, 0.3],
      [0.3, 0.1, 0.6],
    ];
    expect(rocAuc([0, 2, 1, 0], scores, { positive: 0 })).toBe(3 / 4 + 1 / 8);
    expect(rocAuc([0, 1, 1, 0], [0.1, 0.4, 0.3, 0.35], { positive: 0 })).toBe(3 / 4);
    expect(precision([0, 2, 1, 0], scores, { positive: 2 })).toBe(0.5);
  });
});

it('takes targets in all their forms, and matrices as typed arrays', () => {
  const labels = [2, 0, 1];
  const oneHot = [
    [0, 0, 1],
    [1, 0, 0],
    [0, 1, 0],
  ];
  const p = { data: draw(9, 7), rows: 3, columns: 3 };
  const nested = [0, 1, 2].map((row) => [...p.data.subarray(3 * row, 3 * row + 3)]);
  for (const targets of [Uint8Array.from(labels), Int32Array.from(labels), labels.map((each) => [each]), oneHot]) {
    for (const name of ['accuracy', 'logLoss', 'brierScore', 'confusionMatrix'] as const) {
      expect(ofClasses[name](targets, p)).toEqual(ofClasses[name](labels, nested));
    }
  }
});

it('counts as training does', async () => {
  const model = sequential({ layers: [dense({ units: 3, activation: 'softmax', inputShape: [4] })], seed: 3 });
  model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  const x = { data: draw(400, 9), rows: 100, columns: 4 };
  const y = Uint8Array.from({ length: 100 }, (_, i) => (i * 7) % 3);
  const evaluated = await model.evaluate(x, y);
  const predictions = await model.predict(x);
  expect(accuracy(y, predictions)).toBe(evaluated.accuracy);
  expectNear(logLoss(y, predictions), evaluated.loss, 1e-6);
  model.dispose();
});

it.each([
  [() => accuracy([0, 1, 2], [0.1, 0.2, 0.3]), 'ERR_SAMEBITS_DATA', 'targets at row 2'],
  [() => accuracy([0, 1], [0.1, 0.2, 0.3]), 'ERR_SAMEBITS_SHAPE', 'predictions.rows'],
  [() => accuracy([[1, 0]], [[1, 0, 0]]), 'ERR_SAMEBITS_SHAPE', 'predictions.columns'],
  [() => accuracy([0], [Number.NaN]), 'ERR_SAMEBITS_DATA', 'predictions at row 0'],
  [() => accuracy([], []), 'ERR_SAMEBITS_DATA', 'at least one row'],
  [() => topKAccuracy([0], [0.5]), 'ERR_SAMEBITS_SHAPE', 'at least 2 columns'],
  [() => topKAccuracy([0], [[0.5, 0.5]], { k: 0 }), 'ERR_SAMEBITS_ARGUMENT', 'topKAccuracy.k'],
  [() => f1([0], [[1, 0, 0]]), 'ERR_SAMEBITS_ARGUMENT', 'an average of classes'],
  [() => f1([0], [0.5], { positive: 2 }), 'ERR_SAMEBITS_ARGUMENT', 'positive'],
  [() => f1([0], [0.5], { positive: 1, average: 'micro' }), 'ERR_SAMEBITS_ARGUMENT', 'no positive class'],
  [() => f1([0], [0.5], { zeroDivision: 2 }), 'ERR_SAMEBITS_ARGUMENT', '0, 1 or NaN'],
  [() => rocAuc([0], [[1, 0, 0]]), 'ERR_SAMEBITS_ARGUMENT', 'positive'],
  [() => logLoss([0], [1.5]), 'ERR_SAMEBITS_DATA', 'predictions at row 0'],
  [() => brierScore([2], [0.5]), 'ERR_SAMEBITS_DATA', 'targets at row 0'],
  [
    () =>
      r2(
        [1, 2],
        [
          [1, 2],
          [3, 4],
        ],
      ),
    'ERR_SAMEBITS_SHAPE',
    'predictions.columns',
  ],
] as const)('refuses what it cannot measure: %#', (measure, code, text) => {
  expect(measure).toThrowError(expect.objectContaining({ code, message: expect.stringContaining(text) }));
});
