/**
 * Checks one .node file against the golden files, without a test runner:
 *   node golden_engine.run.js ADDON.node [TABLE …]
 * Prints a line for each kernel table and "N passed, N failed". Exit code 1 where a bit differs, or where a table that
 * was asked for can't run here.
 */
import { resolve } from 'node:path';
import type { Addon } from '../../dist/native/addon.js';
import type { InstructionSet } from '../../dist/native/instruction-set.js';
import { type Check, randomChecks, tableChecks } from './golden_engine.js';

let passed = 0;
let failed = 0;

async function runAll(name: string, checks: readonly Check[]): Promise<void> {
  const before = { passed, failed };
  for (const { title, run } of checks) {
    try {
      await run();
      passed++;
    } catch (error) {
      failed++;
      console.log(`FAILED ${name}: ${title}\n${error instanceof Error ? error.message : error}`);
    }
  }
  console.log(`${name}: ${passed - before.passed} passed, ${failed - before.failed} failed`);
}

async function main(path: string, wanted: readonly string[]): Promise<void> {
  const native = require(resolve(path)) as Addon;
  const { available } = native.instructionSets();
  console.log(`Node ${process.versions.node} on ${process.arch}, tables ${available.join(' ')}`);
  for (const isa of wanted.length > 0 ? (wanted as InstructionSet[]) : available) {
    await runAll(isa, tableChecks(native, isa));
  }
  await runAll('random', randomChecks(native));
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
}

const [path, ...wanted] = process.argv.slice(2);
if (path === undefined) throw new Error('expected the path of a .node file, as the first argument, received none');
main(path, wanted);
