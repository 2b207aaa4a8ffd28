/**
 * How a run is executed: threads, order of reductions, instruction set, and whether repeatability is promised. An
 * option beats `setDeterministic`, which beats the environment variable, which beats the default.
 */
import { availableParallelism } from 'node:os';
import * as v from 'valibot';
import { check, flag, integer, oneOf } from '../arguments.js';
import { expected, SamebitsError } from '../errors.js';
import type { Emulation } from '../model/emulation.js';
import { reductionSchema } from '../model/recipe.js';
import { INSTRUCTION_SETS, type InstructionSet, resolveInstructionSet } from '../native/instruction-set.js';
import type { Reduction } from '../native/network.js';

export const MOST_THREADS = 256;

/** Options that decide how fast the bits come, and in free order which. */
export interface ExecutionOptions {
  /**
   * Threads that are really started, 1 to 256. Of more than the machine has cores, as many as those divide the pass over
   * rows; all divide the weights.
   * @default SAMEBITS_THREADS, or as many as the machine gives this process
   */
  readonly threads?: number;
  /**
   * Order of the sums over rows: one fixed tree, or the order in which threads arrive.
   * @default SAMEBITS_REDUCTION, or 'fixed'
   */
  readonly reduction?: Reduction;
  /**
   * Instruction set; `auto` is the best that this machine has. Same bits.
   * @default SAMEBITS_ISA, or 'auto'
   */
  readonly isa?: InstructionSet | 'auto';
  /**
   * Refuse what would make the run not repeatable: free order without a recording, a seed that was drawn.
   * @default what {@link setDeterministic} was given, SAMEBITS_DETERMINISTIC, or false
   */
  readonly deterministic?: boolean;
}

/** What a run used. */
export interface ResolvedExecution {
  readonly threads: number;
  readonly reduction: Reduction;
  readonly isa: InstructionSet;
  readonly deterministic: boolean;
}

const threadsSchema = integer(1, MOST_THREADS);
const isaSchema = oneOf(['auto', ...INSTRUCTION_SETS] as const);

/** Entries of every options object that takes {@link ExecutionOptions}. */
export const executionEntries = {
  threads: v.optional(threadsSchema),
  reduction: v.optional(reductionSchema),
  isa: v.optional(isaSchema),
  deterministic: v.optional(flag),
};

let deterministicHere: boolean | undefined;

/**
 * Makes `deterministic` the default of this environment (the main thread, or one worker): true, false, or undefined to
 * leave it to the environment variable again. Workers that samebits starts are handed the setting.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function setDeterministic(value: boolean | undefined): void {
  deterministicHere = check(v.optional(flag), value, 'setDeterministic');
}

/** What {@link setDeterministic} was given last. */
export function getDeterministic(): boolean | undefined {
  return deterministicHere;
}

/**
 * Fills in what the options leave open.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for an environment variable that says nothing known;
 * `ERR_SAMEBITS_ISA` for an instruction set that cannot run here.
 */
export function resolveExecution(
  options: ExecutionOptions & { readonly emulate?: readonly Emulation[] },
): ResolvedExecution {
  return {
    threads: resolveThreads(options.threads),
    reduction:
      options.reduction ??
      environment('SAMEBITS_REDUCTION', (text) => check(reductionSchema, text, 'SAMEBITS_REDUCTION')) ??
      'fixed',
    isa: resolveIsa(options.isa, options.emulate ?? []),
    deterministic: options.deterministic ?? deterministicHere ?? environment('SAMEBITS_DETERMINISTIC', toFlag) ?? false,
  };
}

/** Other hardware is emulated in scalar code alone. */
function resolveIsa(isa: ExecutionOptions['isa'], emulate: readonly Emulation[]): InstructionSet {
  if (emulate.length > 0) {
    if (isa === undefined || isa === 'auto' || isa === 'scalar') return 'scalar';
    throw expected(`'scalar' or 'auto' with emulate: ['${emulate.join("', '")}']`, 'isa', isa);
  }
  const fromEnvironment = () => environment('SAMEBITS_ISA', (text) => check(isaSchema, text, 'SAMEBITS_ISA'));
  return resolveInstructionSet(isa ?? fromEnvironment() ?? 'auto');
}

/** As {@link resolveExecution}, for what only needs threads. */
export function resolveThreads(threads: number | undefined): number {
  return threads ?? environment('SAMEBITS_THREADS', toThreads) ?? Math.min(availableParallelism(), MOST_THREADS);
}

/** Reasons for which a run would not be repeatable. */
export interface Repeatability {
  /** The seed was drawn because none was given. */
  readonly seedDrawn: boolean;
  /** A recording is replayed. */
  readonly replays: boolean;
}

/**
 * Keeps the promise of `deterministic: true`.
 *
 * @throws SamebitsError `ERR_SAMEBITS_NOT_DETERMINISTIC`, with the reason and what to do.
 */
export function checkRepeatable(execution: ResolvedExecution, { seedDrawn, replays }: Repeatability): void {
  if (!execution.deterministic) return;
  if (execution.reduction === 'free' && !replays) {
    throw new SamebitsError(
      'ERR_SAMEBITS_NOT_DETERMINISTIC',
      "Expected a repeatable run for deterministic: true but received reduction 'free', which sums in the order in " +
        "which threads arrive: use reduction 'fixed', or replay a recording",
    );
  }
  if (seedDrawn) {
    throw new SamebitsError(
      'ERR_SAMEBITS_NOT_DETERMINISTIC',
      'Expected a repeatable run for deterministic: true but received a model without a seed, which has other ' +
        'initial weights each time: pass seed to sequential()',
    );
  }
}

function environment<T>(variable: string, parse: (text: string) => T): T | undefined {
  const text = process.env[variable];
  return text === undefined || text === '' ? undefined : parse(text);
}

function toThreads(text: string): number {
  return check(threadsSchema, /^\d+$/.test(text) ? Number(text) : text, 'SAMEBITS_THREADS');
}

function toFlag(text: string): boolean {
  if (text === '1' || text === 'true') return true;
  if (text === '0' || text === 'false') return false;
  throw expected('1, true, 0 or false', 'SAMEBITS_DETERMINISTIC', text);
}
