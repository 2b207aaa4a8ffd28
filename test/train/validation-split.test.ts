import { resume, verify } from 'samebits';
import { describe, expect, it } from 'vitest';
import { freshPath } from '../runs/folder.js';
import { FIT, labels, model, Witness, x } from '../runs/problem.js';
import { COLUMNS, failure, ROWS } from './problem.js';

/** Of 150 rows the first floor(150 · 0.7) = 105 are trained on. */
const validationSplit = 0.3;
const first = 105;
const matrix = (begin: number, end: number) => ({
  data: x.subarray(begin * COLUMNS, end * COLUMNS),
  rows: end - begin,
  columns: COLUMNS,
});
const sampleWeights = Float32Array.from({ length: ROWS }, (_, row) => 1 + (row % 3));

describe('validationSplit', () => {
  it('evaluates on the last rows and trains on the others, whatever their order', async () => {
    const split = await model().fit(x, labels, { ...FIT, validationSplit, sampleWeights });
    const rest = [matrix(first, ROWS), labels.subarray(first), sampleWeights.subarray(first)] as const;
    const options = { ...FIT, validationData: rest, sampleWeights: sampleWeights.subarray(0, first) };
    const given = await model().fit(matrix(0, first), labels.subarray(0, first), options);
    expect(split.fingerprint).toBe(given.fingerprint);
    expect(split.history).toEqual(given.history);
    expect(split.history.val_loss).toHaveLength(FIT.epochs);
  });

  it('is needed again to resume', async () => {
    const folder = freshPath();
    const options = { ...FIT, folder, validationSplit, ...new Witness(4).stopping };
    await expect(model().fit(x, labels, options)).rejects.toThrow();
    expect((await failure(() => resume(folder, x, labels))).code).toBe('ERR_SAMEBITS_DATA');
    const { run } = await resume(folder, x, labels, { validationSplit });
    const whole = await model().fit(x, labels, { ...FIT, validationSplit });
    expect(run.history).toEqual(whole.history);
    expect(run.fingerprint).toBe(whole.fingerprint);
    const data = { x: matrix(0, first), y: labels.subarray(0, first) };
    const validationData = { x: matrix(first, ROWS), y: labels.subarray(first) };
    expect((await verify(folder, { data, validationData })).verdict).toBe('verified');
  });

  it.each([
    [0.999, 'ERR_SAMEBITS_DATA', 'rows on both sides for fit.validationSplit'],
    [0, 'ERR_SAMEBITS_ARGUMENT', 'a share above 0 and below 1 for fit.validationSplit'],
    [1, 'ERR_SAMEBITS_ARGUMENT', 'a share above 0 and below 1 for fit.validationSplit'],
  ])('%s is refused', async (share, code, text) => {
    const found = await failure(() => model().fit(matrix(0, 40), labels.subarray(0, 40), { validationSplit: share }));
    expect(found.code).toBe(code);
    expect(found.message).toContain(text);
  });

  it('is refused beside validationData', async () => {
    const options = { validationSplit, validationData: [x, labels] } as const;
    const { code, message } = await failure(() => model().fit(x, labels, options));
    expect(code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(message).toContain('validationData or a validationSplit, not both');
  });
});
