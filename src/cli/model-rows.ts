/** Rows for a model that is there: of a table through its preparation, a batch at a time, or of a data set. */
import { fromLabeled } from '../data/data-set.js';
import { digits } from '../data/digits.js';
import { readIdxFolder } from '../data/idx-folder.js';
import type { Matrix } from '../data/matrix.js';
import { mnist } from '../data/mnist.js';
import type { ClassValue } from '../data/prepare/fitted.js';
import type { Task } from '../data/prepare/options.js';
import type { Preparation } from '../data/prepare/preparation.js';
import { isTablePath, openTable } from '../data/table/read.js';
import { Table } from '../data/table/table.js';
import type { TableSource } from '../data/table/table-source.js';
import { expected, SamebitsError } from '../errors.js';
import { decisionsOf } from '../model/losses.js';
import type { Predictions } from '../train/run.js';
import type { Sequential } from '../train/sequential.js';
import { ENDINGS } from './table-options.js';

/** Some rows, prepared. */
export interface ModelBatch {
  readonly x: Matrix;
  /** Labels, or numbers as the table has them, where they are wanted. */
  readonly y: Uint32Array | Matrix | null;
}

/** Rows, and what the model says of them. */
export interface ModelRows {
  /** For people. */
  readonly name: string;
  readonly task: Task;
  /** What each label stands for: of a table as it has them, else the labels themselves; null for a regression. */
  readonly classes: readonly ClassValue[] | null;
  /** What the last layer's outputs are: chances of classes, or anything. */
  readonly probabilities: boolean;
  /** Numbers as the table has them, of what the network gives. */
  restored(outputs: Predictions): Predictions;
  batches(): AsyncIterable<ModelBatch>;
}

/** @param target Where targets are wanted: the column that has them; null for that of the preparation. Undefined: none are read. */
export async function modelRows(model: Sequential, data: string, target?: string | null): Promise<ModelRows> {
  const { preparation } = model;
  if (isTablePath(data)) {
    if (preparation === null) {
      const what = `a model with a preparation for ${data} (train it on a table), or data that are prepared: mnist, digits, a folder of IDX files`;
      throw new SamebitsError('ERR_SAMEBITS_STATE', `Expected ${what}, but the model has none`);
    }
    return tableRows(model, preparation, data, target);
  }
  if (preparation !== null) throw expected(`a table (${ENDINGS}), whose columns the model prepares,`, 'the data', data);
  if (typeof target === 'string') throw expected(`a table beside it (${ENDINGS})`, '--target', data);
  return dataSetRows(model, data);
}

async function tableRows(
  model: Sequential,
  preparation: Preparation,
  path: string,
  target: string | null | undefined,
): Promise<ModelRows> {
  const source = await openPrepared(preparation, path, target);
  const { task } = preparation;
  return {
    name: path,
    task: task ?? taskOf(model),
    classes: preparation.classes,
    probabilities: givesProbabilities(model),
    restored: (outputs) => preparation.restoreTarget(outputs),
    async *batches() {
      let first = 0;
      for await (const table of source.batches()) {
        const columns = preparation.features.length;
        const data = new Float32Array(table.rows * columns);
        preparation.transformInto(table, data, first);
        const y = target === undefined ? null : preparation.targetOf(table, first, true);
        yield { x: { data, rows: table.rows, columns }, y };
        first += table.rows;
      }
    },
  };
}

/**
 * A table with the types that the preparation knows. A target of another name is called as the preparation calls it.
 *
 * @param target As {@link modelRows} takes it.
 */
export async function openPrepared(
  preparation: Preparation,
  path: string,
  target: string | null | undefined,
): Promise<TableSource> {
  const known = preparation.target;
  if (target === null && known === null) throw expected('a column with the targets', '--target', target);
  if (typeof target === 'string' && preparation.inputs.some(({ name }) => name === target)) {
    throw expected('a column that the model does not take as an input', '--target', target);
  }
  const names = new Set((await openTable(path)).description.map(({ name }) => name));
  const missing = preparation.inputs.find(({ name }) => !names.has(name));
  if (missing !== undefined) {
    const what = `a table with the columns that the model takes, such as ${JSON.stringify(missing.name)},`;
    throw expected(what, path, [...names], 'ERR_SAMEBITS_SHAPE');
  }
  const types = Object.entries(preparation.types).filter(([name]) => names.has(name) && name !== known);
  const wanted = target ?? known;
  if (target !== undefined && wanted !== null && names.has(wanted)) {
    const type = known === null ? undefined : preparation.types[known];
    if (type !== undefined) types.push([wanted, type]);
  }
  const source = await openTable(path, { columns: Object.fromEntries(types) });
  if (typeof target !== 'string' || target === known || known === null) return source;
  return source.map((table) => {
    const others = table.columns.filter(({ name }) => name !== known && name !== target);
    return new Table([...others, { ...table.column(target), name: known }]);
  });
}

async function dataSetRows(model: Sequential, data: string): Promise<ModelRows> {
  const labeled = await (data === 'digits' ? digits() : data === 'mnist' ? mnist() : readIdxFolder(data));
  const { name, test } = fromLabeled(labeled);
  const task = taskOf(model);
  const classes = task === 'regression' ? null : Array.from({ length: Math.max(2, model.units) }, (_, label) => label);
  return {
    name,
    task,
    classes,
    probabilities: givesProbabilities(model),
    restored: (outputs) => outputs,
    async *batches() {
      yield test;
    },
  };
}

/** By its loss, or else by its last layer. */
function taskOf(model: Sequential): Task {
  const { compiled, units } = model;
  const decides = compiled === null ? givesProbabilities(model) : decisionsOf(compiled.loss) !== null;
  if (!decides) return 'regression';
  return units === 1 ? 'binary' : 'multiclass';
}

function givesProbabilities({ layers }: Sequential): boolean {
  const last = layers[layers.length - 1] as { readonly activation?: unknown };
  return last.activation === 'softmax' || last.activation === 'sigmoid';
}
