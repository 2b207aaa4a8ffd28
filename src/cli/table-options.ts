/** Options of data that are a table. */
import type { Command } from 'commander';
import { namedSource, type TableChoice } from '../data/named-source.js';
import { TASKS, type Task } from '../data/prepare/options.js';
import type { DataSource } from '../data/source.js';
import { COLUMN_TYPES, type ColumnType } from '../data/table/column.js';
import { isTablePath } from '../data/table/read.js';
import { expected } from '../errors.js';
import { nameOption } from './option-values.js';

/** As commander gives them: what was not typed is not there. */
export interface TableFlags {
  readonly target?: string;
  readonly task?: Task;
  readonly columns?: Readonly<Record<string, ColumnType>>;
}

/** For the help of commands: what DATA may be. */
export const DATA = 'mnist, digits, a table, or a folder of IDX files';

/** Adds them to a command. */
export function withTableOptions(command: Command): Command {
  return withColumnTypes(
    command
      .option('--target <column>', 'of a table: the column that is predicted')
      .option('--task <name>', 'regression, binary or multiclass (default: inferred)', nameOption('--task', TASKS)),
  );
}

/** Adds `--columns` alone. */
export function withColumnTypes(command: Command): Command {
  return command.option(
    '--columns <name=type...>',
    'types of columns: number, category, boolean or date (default: inferred)',
    columnType,
  );
}

/** The source that was named. @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for a table without a target, and the reverse */
export function sourceNamed(
  data: string,
  { target, task, columns }: TableFlags,
  choice: Omit<TableChoice, 'target' | 'task' | 'types'> = {},
): DataSource {
  if (!isTablePath(data)) {
    for (const [option, value] of Object.entries({ '--target': target, '--task': task, '--columns': columns })) {
      if (value !== undefined) throw expected(`a table beside it (${ENDINGS})`, option, data);
    }
    return namedSource(data);
  }
  if (target === undefined) throw expected(`a column of ${data} that is predicted`, '--target', target);
  return namedSource(data, { ...choice, target, ...(task && { task }), ...(columns && { types: columns }) });
}

/** As {@link sourceNamed}, of a command that has data of its own. */
export function chosenSource(data: string | undefined, target: string | undefined): DataSource | undefined {
  if (data !== undefined) return sourceNamed(data, { target });
  if (target !== undefined) throw expected('a table beside it', '--target', data);
  return undefined;
}

/** Of tables. */
export const ENDINGS = '.csv, .tsv, .jsonl, .npy or .parquet';

/** The words of these options, for the line that does a command again. */
export function tableWords({ target, task, columns }: TableFlags): string[] {
  return [
    ...(target === undefined ? [] : ['--target', target]),
    ...(task === undefined ? [] : ['--task', task]),
    ...(columns === undefined
      ? []
      : ['--columns', ...Object.entries(columns).map(([name, type]) => `${name}=${type}`)]),
  ];
}

/** Names may have an equals sign, types have none. */
function columnType(text: string, before: Readonly<Record<string, ColumnType>> = {}): Record<string, ColumnType> {
  const at = text.lastIndexOf('=');
  const type = COLUMN_TYPES.find((known) => known === text.slice(at + 1));
  if (at < 1 || type === undefined)
    throw expected(`name=type, with one of ${COLUMN_TYPES.join(', ')}`, '--columns', text);
  return Object.fromEntries([...Object.entries(before), [text.slice(0, at), type]]);
}
