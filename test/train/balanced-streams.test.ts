/** Classes of rows that are streamed count alike: they are counted before the first step, to the bits of a table in memory. */
import {
  dense,
  openRows,
  prepare,
  resume,
  type Sequential,
  type SequentialOptions,
  type TableFitOptions,
  tableOf,
  verify,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { freshPath } from '../runs/folder.js';
import { Witness } from '../runs/problem.js';
import { failure } from './problem.js';
import { LATE, lateModel, rows } from './table-problem.js';

const FIT = { epochs: 2, batchSize: 16, batchLeaf: 8, shuffleBuffer: 70, classWeights: 'balanced' } as const;

/** Classes that are far from equal: of two origins every fourth row. */
const few = rows.filter(({ origin }, row) => origin === 'Voss' || row % 4 === 0);
const table = tableOf(few);

type Made = (options?: Partial<SequentialOptions>) => Sequential;
/** Predicts of three origins which. */
const originModel =
  (loss: 'sparseCategoricalCrossentropy' | 'categoricalCrossentropy'): Made =>
  (options) => {
    const layers = [
      dense({ units: 9, activation: 'tanh' as const }),
      dense({ units: 3, activation: 'softmax' as const }),
    ];
    return lateModel({ layers, ...options }, { loss });
  };
const ORIGIN = { target: 'origin', prepare: { drop: ['delay', 'late'] } } as const;

/** The rows, and how often they were read. */
async function source(batchRows = 64, reading: (pass: number, row: number) => void = () => {}) {
  let passes = 0;
  const read = await openRows(
    async function* () {
      passes += 1;
      for (const [i, row] of few.entries()) {
        reading(passes, i);
        yield row;
      }
    },
    { batchRows, inferRows: 10, columns: { origin: 'category' } },
  );
  // Types were inferred of the first rows.
  passes = 0;
  return { read, passes: () => passes };
}

describe('balanced classes of a source', () => {
  it.each<[string, Made, TableFitOptions & { target: string }]>([
    ['one unit', lateModel, LATE],
    ['labels', originModel('sparseCategoricalCrossentropy'), ORIGIN],
    ['shares', originModel('categoricalCrossentropy'), ORIGIN],
  ])('have the bits of a table in memory: %s', async (_, model, how) => {
    const memory = await model().fit(table, { ...FIT, ...how });
    const plain = await model().fit(table, { ...FIT, ...how, classWeights: undefined });
    expect(plain.fingerprint).not.toBe(memory.fingerprint);
    const { preparation } = prepare(table, { ...how.prepare, target: how.target });
    for (const [batchRows, threads] of [
      [5, 1],
      [8192, 3],
    ]) {
      for (const known of [false, true]) {
        const { read } = await source(batchRows);
        const made = known ? model({ preparation }) : model();
        const { fingerprint, history, recipe } = await made.fit(read, { ...FIT, ...(known ? {} : how), threads });
        expect([fingerprint, history, recipe]).toEqual([memory.fingerprint, memory.history, memory.recipe]);
      }
    }
  });

  it('are counted while rows are learned of or hashed, or else in a pass of their own', async () => {
    const { preparation } = prepare(table, { ...LATE.prepare, target: LATE.target });
    const passesOf = async (options: TableFitOptions, known = false): Promise<number> => {
      const { read, passes } = await source();
      await lateModel(known ? { preparation } : {}).fit(read, options);
      return passes();
    };
    const { classWeights: _, ...unweighted } = FIT;
    expect(await passesOf({ ...FIT, ...LATE })).toBe(await passesOf({ ...unweighted, ...LATE }));
    const folder = { folder: freshPath() };
    const passes = await passesOf({ ...unweighted, folder: freshPath() }, true);
    expect(await passesOf({ ...FIT, ...folder }, true)).toBe(passes);
    expect(await passesOf(FIT, true)).toBe((await passesOf(unweighted, true)) + 1);
  });

  it('are those of the rows that are trained on, and sample weights do not count', async () => {
    const weighed = few.map((row, i) => ({ ...row, worth: (i % 5) / 2 }));
    const weights = { ...FIT, ...LATE, sampleWeights: 'worth' } as const;
    const half = tableOf(weighed).slice(0, 130);
    const memory = await lateModel().fit(half, weights);
    const read = await openRows(weighed, { batchRows: 7, columns: { origin: 'category' } });
    const validationData = read.slice(130);
    const run = await lateModel().fit(read.slice(0, 130), { ...weights, validationData });
    expect(run.fingerprint).toBe(memory.fingerprint);
  });

  it('end a fit while they are counted, where the signal says so', async () => {
    const { preparation } = prepare(table, { ...LATE.prepare, target: LATE.target });
    const controller = new AbortController();
    // The first pass counts the rows.
    const { read, passes } = await source(8, (pass, row) => {
      if (pass === 2 && row === 20) controller.abort();
    });
    const model = lateModel({ preparation });
    const { error } = await failure(() => model.fit(read, { ...FIT, signal: controller.signal }));
    expect(error).toBe(controller.signal.reason);
    expect(passes()).toBe(2);
    // Nothing was trained.
    const { fingerprint } = await lateModel().fit(table, { ...FIT, ...LATE });
    expect((await model.fit(table, FIT)).fingerprint).toBe(fingerprint);
  });

  it.each([3, 14])('go on after step %i to the same bits, with a source or a table, and are verified', async (step) => {
    const { fingerprint } = await lateModel().fit(table, { ...FIT, ...LATE });
    for (const given of [(await source(17)).read, table]) {
      const folder = freshPath();
      const { read } = await source();
      const options = { ...FIT, ...LATE, folder, ...new Witness(step).stopping, checkpointEvery: 5 };
      await failure(() => lateModel().fit(read, options));
      expect((await resume(folder, given)).run.fingerprint).toBe(fingerprint);
      const { preparation } = prepare(table, { ...LATE.prepare, target: LATE.target });
      const data = { x: preparation.transform(table), y: preparation.transformTarget(table) };
      expect((await verify(folder, { data })).verdict).toBe('verified');
    }
  });
});
