/** Which instruction set runs: the best one, or the one that was asked for. */
import { SamebitsError } from '../errors.js';
import { addon } from './addon.js';

/** Instruction sets that a kernel table exists for; which of them can run here is `instructionSets().available`. */
export type InstructionSet = 'scalar' | 'avx2' | 'avx512' | 'neon';

/** Those that a kernel table can be written for. */
export const INSTRUCTION_SETS = ['scalar', 'avx2', 'avx512', 'neon'] as const satisfies readonly InstructionSet[];

/** The best that this machine runs of what is compiled. */
export function bestInstructionSet(): InstructionSet {
  const { available } = addon().instructionSets();
  return available[available.length - 1];
}

/**
 * `auto` becomes the best; anything else is checked against this build and this machine.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ISA`, saying which are available.
 */
export function resolveInstructionSet(wanted: InstructionSet | 'auto'): InstructionSet {
  if (wanted === 'auto') return bestInstructionSet();
  const { compiled, available } = addon().instructionSets();
  if (available.includes(wanted)) return wanted;
  const why = compiled.includes(wanted) ? 'this machine does not have it' : 'it is not in this build';
  throw new SamebitsError(
    'ERR_SAMEBITS_ISA',
    `Expected an instruction set that can run here (${available.join(', ')}) for isa but received "${wanted}": ${why}`,
  );
}
