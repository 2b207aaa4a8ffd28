/** Under which name the result of a task is kept: a hash of everything that decides it. */
import { createHash } from 'node:crypto';
import type { Setting } from '../../causes/cause.js';
import type { DataSource } from '../../data/source.js';
import { contractOf } from '../../model/emulation.js';
import { addon } from '../../native/addon.js';
import type { Task } from '../experiment/task.js';
import { canonicalJson } from './canonical.js';
import { RESULT_VERSION } from './result-schemas.js';

/** SHA-256 of the content of data that no contract defines, by their source. */
export type HashOf = (source: Exclude<DataSource, { kind: 'madeUp' }>) => string;

/**
 * SHA-256, hexadecimal, of the canonical JSON of a task: data by what is in them (made-up data by the description that
 * defines them), with the version of the contract and of the results' form.
 */
export function taskKey(task: Task, hashOf: HashOf): string {
  const decided =
    task.kind === 'sum'
      ? { ...task, contract: addon().contract }
      : task.kind === 'pair'
        ? { ...task, a: decisive(task.a, hashOf), b: decisive(task.b, hashOf) }
        : { ...task, setting: decisive(task.setting, hashOf) };
  return createHash('sha256')
    .update(`samebits lab task ${RESULT_VERSION}\n${canonicalJson(decided)}`)
    .digest('hex');
}

function decisive(setting: Setting, hashOf: HashOf): object {
  const { source } = setting.data;
  const content = source.kind === 'madeUp' ? source : { hash: hashOf(source) };
  return { ...setting, data: { ...setting.data, source: content }, contract: contractOf(setting.recipe) };
}
