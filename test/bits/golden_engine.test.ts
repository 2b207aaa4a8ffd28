/** The golden files against the engine, below the public API: every kernel table that this machine can run. */
import { describe, test } from 'vitest';
import { addon } from '../../dist/native/addon.js';
import { randomChecks, tableChecks } from './golden_engine.js';

const native = addon();

describe.each(native.instructionSets().available)('%s', (isa) => {
  for (const { title, run } of tableChecks(native, isa)) test(title, run);
});

describe('random', () => {
  for (const { title, run } of randomChecks(native)) test(title, run);
});
