/** Sources of data as people name them. */
import { resolve } from 'node:path';
import type { DataSource } from './source.js';

/** `digits`, `mnist`, or else a folder of IDX files. */
export function namedSource(name: string): DataSource {
  return name === 'mnist' || name === 'digits' ? { kind: name } : { kind: 'folder', path: resolve(name) };
}
