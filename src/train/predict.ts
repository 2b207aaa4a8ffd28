/** Outputs of a model for rows: a matrix, or rows as they stand in a table. */
import { keepMatrix, type MatrixLike } from '../data/matrix.js';
import { outputUnits } from '../model/description.js';
import { resolveThreads } from './execution.js';
import { checkPredictOptions, type PredictOptions } from './fit-options.js';
import { checkIndices } from './indices.js';
import type { LiveNetwork } from './live-network.js';
import type { Predictions } from './run.js';
import type { Compiled } from './sequential-options.js';
import type { ModelTables } from './tabular/model-tables.js';
import type { TableRows } from './tabular/tabular.js';

/** What answers. */
export interface AskedModel {
  readonly live: LiveNetwork;
  readonly tables: ModelTables;
  readonly compiled: Compiled | null;
}

/** As `predict` of a model says. */
export async function predict(
  { live, tables, compiled }: AskedModel,
  x: MatrixLike | TableRows,
  options: PredictOptions,
): Promise<Predictions> {
  live.checkReadable('predict');
  const threads = resolveThreads(checkPredictOptions(options, 'predict').threads);
  const { model } = live.origin;
  const { matrix, labeled } = tables.inputs(x, 'predict');
  checkIndices(model, matrix, 'x');
  const { data: kept, rows, columns } = keepMatrix(matrix);
  const network = live.network(columns);
  const data = await live.read('predict', () => network.predict({ x: kept, rows, threads }));
  return labeled({ data, rows, columns: outputUnits(model) }, compiled);
}

/** As `predictSync` of a model says. */
export function predictSync(
  { live, tables, compiled }: AskedModel,
  x: MatrixLike | TableRows,
  options: PredictOptions,
): Predictions {
  live.checkReadable('predictSync');
  const { threads = 1 } = checkPredictOptions(options, 'predictSync');
  const { model } = live.origin;
  const { matrix, labeled } = tables.inputs(x, 'predictSync');
  checkIndices(model, matrix, 'x');
  const { data: given, rows, columns } = matrix;
  const data = live.network(columns).predictSync({ x: given, rows, threads });
  return labeled({ data, rows, columns: outputUnits(model) }, compiled);
}
