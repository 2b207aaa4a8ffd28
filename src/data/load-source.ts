/** Data sets from their descriptions. */
import { resolve } from 'node:path';
import { check } from '../arguments.js';
import { SamebitsError } from '../errors.js';
import { type DataSet, fromLabeled } from './data-set.js';
import { digits } from './digits.js';
import { hashParts } from './hash-parts.js';
import { readIdxFolder } from './idx-folder.js';
import { madeUpRows } from './made-up.js';
import { mnist } from './mnist.js';
import type { DataSource, MadeUpSource } from './source.js';
import { dataSourceSchema } from './source-schema.js';
import { loadTable } from './table-file.js';

/**
 * Reads or makes the data of a source, on SharedArrayBuffers.
 *
 * @param given Data that callers gave, by hash.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for what is no source; `ERR_SAMEBITS_FILE` for what cannot be read;
 * `ERR_SAMEBITS_DATA` for given data that are not there; for a table as reading and preparing it do.
 */
export async function loadSource(
  source: DataSource,
  given: ReadonlyMap<string, DataSet> = new Map(),
): Promise<DataSet> {
  const checked = check(dataSourceSchema, source, 'source');
  switch (checked.kind) {
    case 'digits':
      return fromLabeled(await digits());
    case 'mnist':
      return fromLabeled(await mnist());
    case 'folder':
      return fromLabeled(await readIdxFolder(resolve(checked.path)));
    case 'table':
      return (await loadTable(checked)).data;
    case 'madeUp':
      return madeUp(checked);
    case 'given': {
      const data = given.get(checked.hash);
      if (data !== undefined) return data;
      throw new SamebitsError(
        'ERR_SAMEBITS_DATA',
        `Expected the data "${checked.name}" with hash ${checked.hash} to be given along, but they were not`,
      );
    }
  }
}

function madeUp(source: MadeUpSource): DataSet {
  const { train, test } = madeUpRows(source);
  const { problem, classes } = source;
  return {
    name: `made-up ${problem}`,
    hash: hashParts([train, test]),
    train,
    test,
    classes: problem === 'regression' ? 0 : classes,
    scale: 1,
  };
}
