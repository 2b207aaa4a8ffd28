import {
  batchStream,
  dense,
  embedding,
  openRows,
  openRun,
  type Preparation,
  prepare,
  type Reduction,
  type Run,
  resume,
  type TableFitOptions,
  type TableSource,
  tableOf,
  verify,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';
import { freshPath } from '../runs/folder.js';
import { Witness } from '../runs/problem.js';
import { failure } from './problem.js';
import { LATE, lateModel, ROWS, rows, source, table } from './table-problem.js';

const FIT = { ...LATE, epochs: 2, batchSize: 16, batchLeaf: 8, shuffleBuffer: 70 } as const;

const preparation = prepare(table, { ...LATE.prepare, target: LATE.target }).preparation;

async function streamed(options: TableFitOptions = {}, batchRows = 8192): Promise<Run> {
  return lateModel().fit(await source(batchRows), { ...FIT, ...options });
}

describe('fit on a source', () => {
  it('gives the bits of trainOnBatch over the batches of batchStream', async () => {
    const run = await streamed();
    const model = lateModel();
    const { seed } = model;
    const stream = batchStream(await source(13), { preparation, batchSize: 16, shuffleBuffer: 70, seed });
    for (const epoch of [0, 1]) {
      for await (const { x, y } of stream.epoch(epoch)) {
        const targets = { data: Float32Array.from(y as Uint32Array), rows: x.rows, columns: 1 };
        await model.trainOnBatch(x, targets, { batchLeaf: 8 });
      }
    }
    expect(run.steps).toBe(64);
    expect(run.fingerprint).toBe(model.fingerprint());
  });

  it.each([
    [1, 5],
    [2, 64],
    [3, 8192],
    [7, 499],
  ])('does not depend on %i threads, pieces of %i rows and the instruction set', async (threads, batchRows) => {
    const memory = await lateModel().fit(table, FIT);
    for (const isa of addon().instructionSets().available) {
      const run = await streamed({ threads, isa }, batchRows);
      expect(run.fingerprint).toBe(memory.fingerprint);
      // Epoch losses are the tree over all rows of an epoch, whatever calls they were trained in.
      expect(run.history).toEqual(memory.history);
    }
  });

  it('takes single steps where callbacks want them, and validates on a table or a source', async () => {
    const training = (await source(50, 0, 400)) as Awaited<ReturnType<typeof source>>;
    const memory = await lateModel().fit(table.slice(0, 400), { ...FIT, validationData: table.slice(400) });
    const batches: number[] = [];
    const run = await lateModel().fit(training, {
      ...FIT,
      validationData: await source(7, 400),
      callbacks: { onBatchEnd: (batch) => batches.push(batch) },
    });
    expect(batches).toEqual([...Array(25).keys(), ...Array(25).keys()]);
    expect(run.fingerprint).toBe(memory.fingerprint);
    expect(run.history).toEqual(memory.history);
    const other = await lateModel().fit(training, { ...FIT, validationData: table.slice(400) });
    expect(other.history).toEqual(memory.history);
  });

  it('goes through the rows in their order without shuffle', async () => {
    const { shuffleBuffer: _, ...others } = FIT;
    const run = await lateModel().fit(await source(), { ...others, shuffle: false });
    const memory = await lateModel().fit(table, { ...others, shuffle: false });
    expect(run.fingerprint).toBe(memory.fingerprint);
    expect(run.recipe).toEqual(memory.recipe);
    expect((await lateModel().fit(await source(), others)).recipe.fit.shuffleBuffer).toBe(10_000);
  });

  it('says where the time went', async () => {
    const { stages } = await streamed();
    expect(Object.keys(stages as object).sort()).toEqual(['prepare', 'read', 'seconds', 'train', 'wait']);
    for (const seconds of Object.values(stages as object)) expect(seconds).toBeGreaterThan(0);
  });

  it('evaluates as in memory', async () => {
    const model = lateModel();
    await model.fit(table, FIT);
    for (const batchRows of [3, 100, 8192]) {
      expect(await model.evaluate(await source(batchRows), { batchLeaf: 4 })).toEqual(
        await model.evaluate(table, { batchLeaf: 4 }),
      );
    }
  });

  it('weighs classes as in memory', async () => {
    const weighted = { ...FIT, classWeights: { 0: 0.5, 1: 2.25 } } as const;
    const run = await lateModel().fit(await source(64), weighted);
    expect(run.fingerprint).toBe((await lateModel().fit(table, weighted)).fingerprint);
    expect(run.fingerprint).not.toBe((await streamed()).fingerprint);
  });

  it('ends while it is learned of, or counted, where the signal says so', async () => {
    for (const given of [{}, { preparation }]) {
      const controller = new AbortController();
      let passes = 0;
      const slow = await openRows(
        async function* () {
          passes += 1;
          for (const [i, row] of rows.entries()) {
            if (passes === 2 && i === 100) controller.abort();
            yield row;
          }
        },
        { inferRows: 10 },
      );
      const how = 'preparation' in given ? { epochs: 1 } : FIT;
      const { error } = await failure(() => lateModel(given).fit(slow, { ...how, signal: controller.signal }));
      expect(error).toBe(controller.signal.reason);
      expect(passes).toBe(2);
    }
  });

  it('ends while its rows are hashed for a folder, where the signal says so', async () => {
    const many = 24_000;
    const interrupted = async (work: (slow: TableSource, signal: AbortSignal) => Promise<unknown>): Promise<void> => {
      const controller = new AbortController();
      // The pass that infers types, the one that learns or counts, and that which hashes: none trains.
      let [passes, read] = [0, 0];
      const slow = await openRows(
        async function* () {
          passes += 1;
          for (read = 0; read < many; read += 1) {
            if (passes === 3 && read === 100) controller.abort();
            yield rows[read % ROWS];
          }
        },
        { inferRows: 10, batchRows: 500, columns: { origin: 'category' } },
      );
      expect((await failure(() => work(slow, controller.signal))).error).toBe(controller.signal.reason);
      expect(passes).toBe(3);
      expect(read).toBeLessThan(many - 5000);
    };
    await interrupted((slow, signal) => lateModel().fit(slow, { ...FIT, folder: freshPath(), signal }));
    const folder = freshPath();
    await streamed({ folder });
    await interrupted((slow, signal) => resume(folder, slow, { signal }));
  });

  it('says which row and column has no vector', async () => {
    const layers = [embedding({ categories: 20, units: 2 }), dense({ units: 1, activation: 'sigmoid' as const })];
    const prepare = { numbers: { scale: 'none' as const } };
    const stray = rows.map((_, row) => ({ code: row === 300 ? 20 : row % 20, late: row % 3 === 0 }));
    for (const given of [await openRows(stray, { batchRows: 64 }), tableOf(stray)]) {
      const { error, code } = await failure(() =>
        lateModel({ layers }).fit(given, { target: 'late', prepare, epochs: 1 }),
      );
      expect(code).toBe('ERR_SAMEBITS_DATA');
      expect(error).toMatchObject({ row: 300, column: 'code' });
      expect(String(error)).toMatch(/a whole number from 0 to 19 for column "code" at row 300/);
    }
  });

  it('records and replays free order', async () => {
    const free: { reduction: Reduction; threads: number; freeGrain: number } = {
      reduction: 'free',
      threads: 3,
      freeGrain: 2,
    };
    const recorded = await streamed({ ...free, record: true });
    const again = await streamed({ ...free, threads: 2, replay: recorded.recording ?? undefined }, 33);
    expect(again.fingerprint).toBe(recorded.fingerprint);
  });
});

describe('a source that cannot be streamed', () => {
  it.each<[string, TableFitOptions, RegExp]>([
    ['stratified', { shuffle: 'stratified', shuffleBuffer: undefined }, /true or false for rows that are streamed/],
    ['split', { validationSplit: 0.2 }, /validationData: a source is not split/],
  ])('%s', async (_, options, message) => {
    expect((await failure(() => streamed(options))).message).toMatch(message);
  });

  it('with another generator', async () => {
    const model = lateModel({ generator: 'alea' });
    expect((await failure(async () => model.fit(await source(), FIT))).message).toMatch(/generator 'philox'/);
  });

  it('can be read once only', async () => {
    const once = await openRows(
      (async function* () {
        yield* rows;
      })(),
    );
    const { code, message } = await failure(() => lateModel().fit(once, FIT));
    expect(code).toBe('ERR_SAMEBITS_STATE');
    expect(message).toMatch(/read again, once to count them and once for each epoch/);
  });

  it('lacks a column, or has one of another type', async () => {
    const model = lateModel({ preparation });
    const lacking = await openRows(rows.map(({ origin: _, ...row }) => row));
    expect((await failure(() => model.fit(lacking, { epochs: 1 }))).code).toBe('ERR_SAMEBITS_SHAPE');
    const other = await openRows(rows.map((row) => ({ ...row, distance: 'far' })));
    expect((await failure(() => model.fit(other, { epochs: 1 }))).code).toBe('ERR_SAMEBITS_DATA');
  });

  it('ends early, grows, or fails in the middle: the model is as after its last step, and goes on', async () => {
    for (const second of [rows.slice(0, 300), [...rows, ...rows.slice(0, 9)], null]) {
      let pass = 0;
      const changing = await openRows(async function* () {
        pass += 1;
        if (pass < 4) yield* rows;
        else if (second !== null) yield* second;
        else throw new Error('the disk is gone');
      });
      const model = lateModel();
      const { code } = await failure(() => model.fit(changing, { ...FIT, epochs: 3 }));
      expect(code).toBe(second === null ? undefined : 'ERR_SAMEBITS_DATA');
      await model.fit(await source(), { epochs: 1 });
    }
  });
});

describe('a run folder of a stream', () => {
  const options = { ...FIT, checkpointEvery: 5, trace: 'step' } as const;

  it.each([3, 10, 31, 32, 47])('goes on after step %i to the same bits', async (step) => {
    const whole = await streamed();
    const folder = freshPath();
    await failure(() => streamed({ ...options, folder, ...new Witness(step).stopping }));
    const { run } = await resume(folder, await source(17));
    expect(run.fingerprint).toBe(whole.fingerprint);
    expect(run.history).toEqual(whole.history);
    expect(run.stages).not.toBeNull();
  });

  it('goes on with the table in memory too, and is verified with it', async () => {
    const folder = freshPath();
    const controller = new AbortController();
    const callbacks = { onBatchEnd: (batch: number) => batch === 7 && controller.abort() };
    const validationData = await source(100, 0, 90);
    const stopped = { ...options, folder, callbacks, validationData, signal: controller.signal };
    await failure(() => streamed(stopped));
    expect((await failure(async () => resume(folder, await source(100, 0, 499), { validationData }))).code).toBe(
      'ERR_SAMEBITS_DATA',
    );
    const { run } = await resume(folder, table, { validationData: table.slice(0, 90) });
    expect(run.fingerprint).toBe((await streamed()).fingerprint);
    const opened = await openRun(folder);
    expect(opened.manifest.data.streamed).toBe(true);
    const kept = (await opened.preparation()) as Preparation;
    const data = { x: kept.transform(table), y: kept.transformTarget(table) };
    const part = table.slice(0, 90);
    const validation = { x: kept.transform(part), y: kept.transformTarget(part) };
    const report = await verify(folder, { data, validationData: validation });
    expect(report.verdict).toBe('verified');
    expect(report.skipped).toEqual([]);
    const others = await verify(folder, { data: validation });
    expect(others.verdict).toBe('cannot tell');
  });

  it('counts every row', async () => {
    expect((await openRun((await streamed({ folder: freshPath() })).folder as string)).manifest.data.rows).toBe(ROWS);
  });
});
