/** Under what circumstances a recipe is trained: they may change time, and in fixed order nothing else. */
import * as v from 'valibot';
import { check, fields } from '../arguments.js';
import type { Recipe } from '../model/recipe.js';
import type { InstructionSet } from '../native/instruction-set.js';
import type { Reduction } from '../native/network.js';
import { type ExecutionOptions, executionEntries, resolveExecution } from '../train/execution.js';

/** One way to execute a recipe. What is left open is decided as in `fit`; the order of reductions is the recipe's. */
export type Variant = Pick<ExecutionOptions, 'threads' | 'reduction' | 'isa'>;

/** A variant with everything decided. */
export interface ComparedExecution {
  readonly threads: number;
  readonly reduction: Reduction;
  readonly isa: InstructionSet;
}

const { threads, reduction, isa } = executionEntries;
const variantsSchema = v.pipe(
  v.array(fields({ threads, reduction, isa }), 'an array of variants { threads, reduction, isa }'),
  v.minLength(1, 'at least one variant'),
);

/**
 * Checks variants and decides what they leave open.
 *
 * @param recipe Its order of reductions holds where a variant says nothing; emulated hardware leaves no choice of isa.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`; `ERR_SAMEBITS_ISA` for an instruction set that cannot run here.
 */
export function resolveVariants(
  variants: unknown,
  { reduction: fallback, emulate }: Pick<Recipe, 'reduction' | 'emulate'>,
): ComparedExecution[] {
  return check(variantsSchema, variants, 'variants').map((variant) => {
    const { threads, reduction, isa } = resolveExecution({
      ...variant,
      reduction: variant.reduction ?? fallback,
      emulate,
    });
    return { threads, reduction, isa };
  });
}

/** For people: `free order, 2 threads, avx2`. */
export function describeExecution({ threads, reduction, isa }: ComparedExecution): string {
  return `${reduction} order, ${threads} ${threads === 1 ? 'thread' : 'threads'}, ${isa}`;
}
