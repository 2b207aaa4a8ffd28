/** A small table for tests: numbers with gaps, categories, dates, and who is late. */
import {
  type CompileOptions,
  dense,
  dropout,
  openRows,
  type Sequential,
  type SequentialOptions,
  sequential,
  type TableSource,
  tableOf,
} from 'samebits';

export const ROWS = 500;

export const rows = Array.from({ length: ROWS }, (_, i) => ({
  distance: i % 17 === 0 ? null : ((i * 37) % 101) / 7,
  origin: ['Oslo', 'Bergen', 'Voss'][(i >> 2) % 3],
  when: new Date(1.6e12 + i * 7_654_321),
  delay: ((i * 37) % 101) / 10 - ((i >> 2) % 3),
  late: ((i * 37) % 101) / 10 > 3 + ((i >> 2) % 3) ? 'yes' : 'no',
}));

export const table = tableOf(rows);

/** The same rows, read piece by piece. */
export async function source(batchRows = 8192, from = 0, to = ROWS): Promise<TableSource> {
  return openRows(rows.slice(from, to), { batchRows, columns: { origin: 'category' } });
}

/** Predicts who is late. */
export function lateModel(options: Partial<SequentialOptions> = {}, compile: Partial<CompileOptions> = {}): Sequential {
  const model = sequential({
    layers: [
      dense({ units: 9, activation: 'tanh' }),
      dropout({ rate: 0.25 }),
      dense({ units: 1, activation: 'sigmoid' }),
    ],
    seed: 11,
    ...options,
  });
  model.compile({ optimizer: 'adam', loss: 'binaryCrossentropy', metrics: ['accuracy'], ...compile });
  return model;
}

/** What `fit` takes beside, for {@link lateModel}. */
export const LATE = {
  target: 'late',
  prepare: { drop: ['delay'], columns: { distance: { indicator: true } } },
} as const;
