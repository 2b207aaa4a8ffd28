import {
  adam,
  batchStream,
  dense,
  fitPreparation,
  openCsv,
  openRows,
  type Preparation,
  type StreamBatch,
  type StreamState,
  sequential,
  type TableSource,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { sha256Of } from '../../golden/made-up-data.js';
import golden from '../../golden/splits.json';
import { liveBytes } from '../table/live-memory.js';

const rowsOf = (count: number) =>
  Array.from({ length: count }, (_, row) => ({ row, odd: row % 2 === 1, half: row / 2 }));

async function sourceOf(count: number, batchRows = 8192): Promise<{ source: TableSource; preparation: Preparation }> {
  const source = await openRows(rowsOf(count), { batchRows });
  const preparation = await fitPreparation(source, { target: 'odd', numbers: { scale: 'none' } });
  return { source, preparation };
}

async function collect(batches: AsyncIterable<StreamBatch>): Promise<StreamBatch[]> {
  const all: StreamBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return all;
}

/** Row numbers in the order in which they came; the other column and the target must belong to them. */
function orderOf(batches: readonly StreamBatch[]): number[] {
  return batches.flatMap(({ x, y }) =>
    Array.from({ length: x.rows }, (_, i) => {
      const row = x.data[i * x.columns];
      expect(x.data[i * x.columns + 1]).toBe(row / 2);
      expect((y as Uint32Array)[i]).toBe(row % 2);
      return row;
    }),
  );
}

describe('a shuffle buffer', () => {
  it.each(golden.buffers)('gives the order of the oracle: $rows rows, $places places, epoch $epoch', async (case_) => {
    const { rows, places, seed, epoch, order } = case_;
    // How the source is read, and the size of batches, change nothing.
    for (const [batchRows, batchSize] of [
      [8192, 32],
      [5, 7],
    ]) {
      const { source, preparation } = await sourceOf(rows, batchRows);
      const stream = batchStream(source, { preparation, seed, shuffleBuffer: places, batchSize });
      const given = orderOf(await collect(stream.epoch(epoch)));
      expect(given.slice(0, 12)).toEqual(order.first);
      expect(sha256Of(Uint32Array.from(given))).toBe(order.sha256);
    }
  });
});

describe('a stream', () => {
  it.each([
    [100, 1],
    [100, 30],
    [100, 100],
    [100, 1000],
    [101, 7],
  ])('goes on behind any batch: %i rows, %i places', async (rows, shuffleBuffer) => {
    const { source, preparation } = await sourceOf(rows);
    const options = { preparation, seed: 9, shuffleBuffer, batchSize: 8 };
    const whole = await collect(batchStream(source, options).epoch(2));
    for (const [index, { state }] of whole.entries()) {
      const text = JSON.stringify(state);
      const again = await collect(batchStream(source, options).resume(JSON.parse(text) as StreamState));
      expect(orderOf(again)).toEqual(orderOf(whole.slice(index + 1)));
      expect(again.map(({ state: later }) => later.rows)).toEqual(whole.slice(index + 1).map(({ state: s }) => s.rows));
    }
  });

  it('trains, and resumed gives the bits of the uninterrupted run', async () => {
    const { source, preparation } = await sourceOf(200);
    const make = () => {
      const model = sequential({ layers: [dense({ units: 1, activation: 'sigmoid', inputShape: [2] })], seed: 1 });
      model.compile({ optimizer: adam(), loss: 'binaryCrossentropy' });
      return model;
    };
    const options = { preparation, seed: 3, shuffleBuffer: 50, batchSize: 16 };
    const [one, two] = [make(), make()];
    for await (const { x, y } of batchStream(source, options).epoch(0)) await one.trainOnBatch(x, y as Uint32Array);
    let left: StreamState | null = null;
    for await (const { x, y, state } of batchStream(source, options).epoch(0)) {
      await two.trainOnBatch(x, y as Uint32Array);
      left = state;
      if (state.rows >= 64) break;
    }
    for await (const { x, y } of batchStream(source, options).resume(left as StreamState)) {
      await two.trainOnBatch(x, y as Uint32Array);
    }
    expect(await two.fingerprint('state')).toBe(await one.fingerprint('state'));
  });

  it('gives numbers as targets of a regression, and none without a target', async () => {
    const source = await openRows(rowsOf(10));
    const regression = await fitPreparation(source, { target: 'half', task: 'regression' });
    const [batch] = await collect(batchStream(source, { preparation: regression, seed: 1, shuffleBuffer: 1 }).epoch(0));
    expect(batch.y).toEqual({ data: Float32Array.from({ length: 10 }, (_, i) => i / 2), rows: 10, columns: 1 });
    const none = await fitPreparation(source);
    expect((await collect(batchStream(source, { preparation: none, seed: 1 }).epoch(0)))[0].y).toBeNull();
  });

  it('says what was wrong with a row, and closes its source', async () => {
    let closed = 0;
    const source = await openRows(async function* () {
      try {
        for (let i = 0; i < 30_000; i += 1) yield { a: i === 25_000 ? 'x' : i };
      } finally {
        closed += 1;
      }
    });
    const preparation = await fitPreparation(await openRows(rowsOf(5)), { drop: ['odd', 'half'] });
    const named = batchStream(await openRows([{ row: 1 }, { row: null }]), {
      preparation: new (preparation.constructor as typeof Preparation)({
        ...preparation.toJSON(),
        columns: [{ name: 'row', type: 'number', center: 0, divisor: 1, fill: null, indicator: false }],
      }),
      seed: 1,
    });
    await expect(collect(named.epoch(0))).rejects.toMatchObject({ code: 'ERR_SAMEBITS_DATA', row: 1, column: 'row' });
    expect(closed).toBe(1);
    await expect(source.read()).rejects.toMatchObject({ code: 'ERR_SAMEBITS_DATA', row: 25_000, column: 'a' });
    expect(closed).toBe(2);
  });

  it('refuses states of other streams, and sources that changed', async () => {
    const { source, preparation } = await sourceOf(100);
    const options = { preparation, seed: 9, shuffleBuffer: 10, batchSize: 8 };
    const stream = batchStream(source, options);
    const [{ state }] = await collect(stream.epoch(0));
    for (const change of [
      { seed: 8 },
      { shuffleBuffer: 11 },
      { batchSize: 9 },
      { format: 'x' },
      { rows: -1 },
      { total: 3 },
    ]) {
      expect(() => stream.resume({ ...state, ...change } as StreamState)).toThrow(
        expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT' }),
      );
    }
    const shorter = batchStream((await sourceOf(12)).source, options);
    await expect(collect(shorter.resume({ ...state, rows: 8 }))).rejects.toMatchObject({ code: 'ERR_SAMEBITS_DATA' });
    expect(() => stream.epoch(-1)).toThrow(/an integer/);
    expect(() => batchStream(source, { ...options, shuffleBuffer: 0 })).toThrow(/shuffleBuffer/);
  });

  it('holds a buffer, whatever the length of its source', async () => {
    const line = `${'0.125,'.repeat(20)}1\n`;
    async function* text(lines: number) {
      yield `${Array.from({ length: 21 }, (_, i) => `c${i}`).join(',')}\n`;
      for (let i = 0; i < lines; i += 500) yield line.repeat(500);
    }
    const small = await openCsv(() => text(1000));
    const preparation = await fitPreparation(small, { target: 'c20', task: 'regression' });
    const source = await openCsv(() => text(120_000));
    const measured: number[] = [];
    let rows = 0;
    const stream = batchStream(source, { preparation, seed: 1, shuffleBuffer: 2000, batchSize: 500 });
    for await (const { x } of stream.epoch(0)) {
      rows += x.rows;
      if (rows % 10_000 === 0) measured.push(liveBytes());
    }
    expect(rows).toBe(120_000);
    // The least of each half: in between there is a batch of the table, or not. The rows of a half would be 5 MB.
    const [early, late] = [measured.slice(0, 6), measured.slice(6)].map((half) => Math.min(...half));
    expect(late - early).toBeLessThan(3 << 20);
  });
});
