/** Where this package is: its addon, its data and the programs of its worker threads stand at known places from there. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Absolute path of the package's folder. */
export const PACKAGE_ROOT = findRoot();

/** `require` as it is in the package's folder, also where a bundler has moved or replaced the one of this module. */
export const requireHere = createRequire(join(PACKAGE_ROOT, 'package.json'));

/** Absolute path of a file that the package ships, from its folder. */
export function packageFile(...path: readonly string[]): string {
  return join(PACKAGE_ROOT, ...path);
}

/** The folder above; or, of a program into which a bundler has copied this module, what that program would import. */
function findRoot(): string {
  const here = typeof __dirname === 'string' ? __dirname : process.cwd();
  const own = join(here, '..');
  if (isPackage(own)) return own;
  for (const from of [here, process.cwd()]) {
    try {
      return dirname(createRequire(join(from, 'program.js')).resolve('samebits/package.json'));
    } catch {
      // Not from there.
    }
  }
  // What is looked for is not there, and who looks for it says so.
  return own;
}

function isPackage(folder: string): boolean {
  try {
    return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown }).name === 'samebits';
  } catch {
    return false;
  }
}
