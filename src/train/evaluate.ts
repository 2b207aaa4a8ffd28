/** Loss and metrics of a model over rows: a matrix with its targets, or a table. */
import { asMatrix, type MatrixLike } from '../data/matrix.js';
import type { Table } from '../data/table/table.js';
import type { TableSource } from '../data/table/table-source.js';
import { outputUnits } from '../model/description.js';
import { resolveThreads } from './execution.js';
import {
  checkEvaluateOptions,
  checkTableEvaluateOptions,
  type EvaluateOptions,
  type TableEvaluateOptions,
} from './fit-options.js';
import { checkIndices } from './indices.js';
import { MetricsOf } from './metrics-of.js';
import type { Metrics } from './run.js';
import { keepSamples, type Targets } from './samples.js';
import { type Evaluating, evaluateRows, type Rows } from './tabular/evaluate-rows.js';
import type { ModelTables } from './tabular/model-tables.js';
import { endsOf } from './tabular/task.js';
import type { ModelParts } from './train-model.js';

export async function evaluateMatrix(
  parts: ModelParts,
  x: MatrixLike,
  y: Targets,
  options: EvaluateOptions,
): Promise<Metrics> {
  parts.live.checkReadable('evaluate');
  const { sampleWeights, ...how } = withThreads(checkEvaluateOptions(options));
  const matrix = asMatrix(x, 'x', parts.live.inputs);
  checkIndices(parts.blueprint.model, matrix, 'x');
  const end = endsOf(parts.blueprint.model, parts.compiled.loss);
  return metricsOver(parts, keepSamples(matrix, y, end, undefined, sampleWeights), matrix.columns, how);
}

export async function evaluateTable(
  parts: ModelParts,
  tables: ModelTables,
  table: Table | TableSource,
  options: TableEvaluateOptions,
): Promise<Metrics> {
  parts.live.checkReadable('evaluate');
  const { sampleWeights = null, ...how } = withThreads(checkTableEvaluateOptions(options));
  const end = { ...endsOf(parts.blueprint.model, parts.compiled.loss), sampleWeights };
  const { rows, columns } = await tables.rows(table, end, 'evaluate');
  return metricsOver(parts, rows, columns, how);
}

function withThreads<T extends { readonly threads?: number }>({ threads, ...others }: T) {
  return { ...others, threads: resolveThreads(threads) };
}

async function metricsOver(
  { live, blueprint, compiled }: ModelParts,
  rows: Rows,
  columns: number,
  how: Omit<Evaluating, 'outputs'>,
): Promise<Metrics> {
  const network = live.network(columns);
  const metrics = new MetricsOf(outputUnits(blueprint.model), compiled);
  const asked = { ...how, outputs: metrics.takesOutputs };
  return metrics.evaluated(await live.read('evaluate', () => evaluateRows(network, rows, asked)), rows.rows);
}
