/** Everything that `samebits doctor` looks at. */
import { availableParallelism } from 'node:os';
import { SamebitsError } from '../errors.js';
import { addon } from '../native/addon.js';
import { resolveExecution } from '../train/execution.js';
import { checkArithmetic } from './arithmetic.js';
import type { Check } from './document.js';
import { type Golden, readGolden } from './golden.js';
import { checkElementary, checkNetworks, checkProducts } from './golden-checks.js';
import { checkOrders } from './order.js';
import { SUMS, type Sum, type Team } from './sums.js';
import { checkControlWords, checkForeignCaller, checkThreads } from './threads.js';
import {
  checkCompiler,
  checkContract,
  checkInstructionSets,
  checkNode,
  describeBinary,
  foreignBinary,
  missingBinary,
} from './versions.js';

export interface ExamineOptions {
  /** Results to compute again. @default those that come with the package */
  readonly golden?: Golden;
  /** Sums to look into. @default all of the addon's */
  readonly sums?: readonly Sum[];
  /** Called after each part of the work: parts done, and in all. */
  readonly onProgress?: (done: number, all: number) => void;
  /** Ends the work between two checks, with its reason. */
  readonly signal?: AbortSignal;
}

/** Sums are called thousands of times: with more threads that would be waiting for threads, and no more to see. */
const MOST_THREADS = 8;

/** @returns The checks in the order in which a reader wants them. Without a binary, there is little to check. */
export async function examine({
  golden = readGolden(),
  sums = SUMS,
  onProgress,
  signal,
}: ExamineOptions = {}): Promise<Check[]> {
  try {
    if (addon().diagnostics === undefined) return [checkNode(), foreignBinary()];
  } catch (error) {
    if (!(error instanceof SamebitsError) || error.code !== 'ERR_SAMEBITS_NO_BINARY') throw error;
    return [checkNode(), missingBinary(error)];
  }
  const { available } = addon().instructionSets();
  const threads = Math.min(Math.max(availableParallelism(), 2), MOST_THREADS);
  const teams = available.flatMap((isa): Team[] => [
    { isa, threads: 1 },
    { isa, threads },
  ]);
  const parts: readonly (() => Check | Check[] | Promise<Check | Check[]>)[] = [
    checkNode,
    describeBinary,
    () => checkCompiler(),
    () => checkContract(golden.contract),
    () => checkInstructionSets(resolveExecution({}).isa),
    () => checkThreads(threads),
    () => checkControlWords(threads),
    () => checkForeignCaller(available, threads),
    () => checkArithmetic(teams),
    () => checkOrders(sums, teams),
    () => checkElementary(golden.elementary, available),
    () => checkProducts(golden.products, teams),
    () => checkNetworks(golden.networks, teams),
  ];
  const checks: Check[] = [];
  for (const part of parts) {
    signal?.throwIfAborted();
    checks.push(...[await part()].flat());
    onProgress?.(parts.indexOf(part) + 1, parts.length);
  }
  return checks;
}
