/** Where the rows of the next native call come from: from memory, in an order, or from a stream. */
import type { TrainJob } from '../native/network.js';
import { RowOrder } from './row-order.js';
import { weighRows } from './row-weights.js';
import type { SessionOptions } from './session.js';
import { EpochFeed, type Stages } from './tabular/epoch-feed.js';
import { StreamedRows } from './tabular/streamed-rows.js';

/** The part of a job that says which rows. */
export type SuppliedRows = Pick<TrainJob, 'x' | 'targets' | 'rows' | 'rowWeights' | 'shuffle' | 'order' | 'epochRows'>;

export interface Supply {
  /**
   * @param epoch Counted from 0 over the model's life.
   * @param position Rows of it that are done.
   */
  next(epoch: number, position: number): SuppliedRows | Promise<SuppliedRows>;
  /** @param train Seconds of native training. */
  stages(train: number): Stages | null;
  close(): Promise<void>;
}

export function supplyOf(
  options: Pick<SessionOptions, 'data' | 'fit' | 'seed' | 'generator' | 'loss' | 'signal'>,
): Supply {
  const { data, fit, seed } = options;
  if (!(data instanceof StreamedRows)) {
    const order = new RowOrder({ ...options, data });
    const weighed = weighRows(data, options.loss, fit.classWeights);
    return {
      next: (epoch) => ({ ...weighed, shuffle: order.native, order: order.of(epoch) }),
      stages: () => null,
      close: async () => {},
    };
  }
  // A stream that is shuffled has a buffer: see streamBuffer.
  const { shuffleBuffer = 1 } = fit;
  const feed = new EpochFeed(data, { seed, shuffleBuffer, batchSize: fit.batchSize });
  const asTheyCome = { shuffle: null, order: null, epochRows: data.rows };
  return {
    next: async (epoch, position) => {
      const counts = fit.classWeights === 'balanced' ? await data.classCounts(options.signal) : undefined;
      const rows = weighRows(await feed.next(epoch, position), options.loss, fit.classWeights, counts);
      return { ...rows, ...asTheyCome };
    },
    stages: (train) => feed.stages(train),
    close: () => feed.close(),
  };
}
