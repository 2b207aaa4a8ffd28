/** The ground of an experiment: its base setting with what the user chose, and what is known of data and machine. */
import type { Setting } from '../../causes/cause.js';
import { expected, SamebitsError } from '../../errors.js';
import type { InstructionSet } from '../../native/instruction-set.js';
import type { BaseChoice, Ground, GroundData, Plan } from './experiment.js';

/** What the user chose, checked; what was left open is undefined. */
export interface GroundChoice extends BaseChoice {
  /** At least 2. @default the experiment's own */
  readonly repeats?: number;
  /** Train on the first rows only. */
  readonly rows?: number;
  readonly threads?: number;
}

/**
 * The base setting of an experiment, with rows and threads as chosen; null where the experiment trains nothing.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for a choice of what is trained where nothing is; as the experiment does.
 */
export function baseOf(experiment: Plan, chosen: GroundChoice): Setting | null {
  const { rows, threads, ...choice } = chosen;
  if (experiment.base === null) {
    for (const name of ['data', 'recipe', 'epochs', 'rows', 'threads'] as const) {
      if (chosen[name] !== undefined) throw expected('nothing, since nothing is trained,', name, chosen[name]);
    }
    return null;
  }
  const base = experiment.base(choice);
  return {
    ...base,
    data: rows === undefined ? base.data : { ...base.data, rows },
    execution: threads === undefined ? base.execution : { ...base.execution, threads },
  };
}

/**
 * The ground for a base setting.
 *
 * @param base As {@link baseOf} gives it.
 * @param data Of the base's data; null where there is no base.
 * @param isas Instruction sets that can run here, best last.
 */
export function groundOf(
  experiment: Plan,
  base: Setting | null,
  data: GroundData | null,
  isas: readonly InstructionSet[],
  repeats = experiment.repeats,
): Ground {
  return {
    get base() {
      return base ?? nothing(experiment, 'base setting');
    },
    get data() {
      return data ?? nothing(experiment, 'data');
    },
    repeats,
    isas,
  };
}

function nothing({ name }: Plan, what: string): never {
  throw new SamebitsError('ERR_SAMEBITS_STATE', `Expected an experiment with ${what} but ${name} trains nothing`);
}
