/** The small data set that the package ships: 1,797 real digits. */
import { readFile } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { SamebitsError } from '../errors.js';
import { packageFile } from '../package-root.js';
import { type LabeledData, type LabeledRows, labeledData } from './labeled.js';

const FILE = packageFile('data', 'digits.csv.gz');
const ROWS = 1797;
const COLUMNS = 64;
const TEST_ROWS = 360;
/** Pixels go from 0 to 16. */
const SCALE = 1 / 16;
/** Of the inflated file; far above what it has. */
const MOST_BYTES = 1 << 20;

/**
 * Handwritten digits of 8×8 pixels, 0 to 16 (Alpaydin and Kaynak, "Optical Recognition of Handwritten Digits", UCI
 * Machine Learning Repository, 1998, CC BY 4.0). The first 1,437 rows train, the last 360 test, in the file's order.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` where the package's file is missing or was changed.
 */
export async function digits(): Promise<LabeledData> {
  const lines = (await readLines()).map((line) => line.split(',').map(Number));
  if (lines.length !== ROWS || lines.some((line) => line.length !== COLUMNS + 1)) {
    throw changed(`${ROWS} rows of ${COLUMNS + 1} numbers`, `${lines.length} rows`);
  }
  if (lines.some((line) => line.some((value) => !Number.isInteger(value) || value < 0 || value > 16))) {
    throw changed('integers from 0 to 16', 'others');
  }
  const train = toRows(lines.slice(0, ROWS - TEST_ROWS));
  return labeledData('digits', train, toRows(lines.slice(ROWS - TEST_ROWS)), SCALE);
}

async function readLines(): Promise<string[]> {
  try {
    return gunzipSync(await readFile(FILE), { maxOutputLength: MOST_BYTES })
      .toString('latin1')
      .trimEnd()
      .split('\n');
  } catch (cause) {
    throw new SamebitsError('ERR_SAMEBITS_FILE', `Expected the package's own data in ${FILE} but it cannot be read`, {
      cause,
    });
  }
}

function toRows(lines: readonly (readonly number[])[]): LabeledRows {
  const data = new Uint8Array(new SharedArrayBuffer(lines.length * COLUMNS));
  const labels = new Uint32Array(new SharedArrayBuffer(4 * lines.length));
  lines.forEach((line, row) => {
    data.set(line.slice(0, COLUMNS), row * COLUMNS);
    labels[row] = line[COLUMNS];
  });
  return { x: { data, rows: lines.length, columns: COLUMNS }, labels };
}

function changed(what: string, received: string): SamebitsError {
  return new SamebitsError('ERR_SAMEBITS_FILE', `Expected ${what} in ${FILE} but received ${received}`);
}
