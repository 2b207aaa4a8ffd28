/** Settings at the border: checked as a whole, from JSON or after a level was written. */
import * as v from 'valibot';
import { check, fields, integer, oneOf } from '../arguments.js';
import { dataSourceSchema } from '../data/source-schema.js';
import { expected } from '../errors.js';
import { declaredInputs, parametersOf } from '../model/description.js';
import { checkFlippedIndex } from '../model/flipped-bit.js';
import { parseRecipe } from '../model/recipe.js';
import { INSTRUCTION_SETS } from '../native/instruction-set.js';
import { seedSchema } from '../random/seed.js';
import { MOST_THREADS } from '../train/execution.js';
import type { Setting } from './cause.js';

export const rowsSchema = v.nullable(integer(1));
export const threadsSchema = integer(1, MOST_THREADS);
export const isaSchema = oneOf(['auto', ...INSTRUCTION_SETS] as const);

const settingSchema = fields({
  recipe: v.unknown(),
  data: fields({
    source: dataSourceSchema,
    rows: v.optional(rowsSchema, null),
    bootstrap: v.optional(v.nullable(seedSchema), null),
  }),
  execution: v.optional(fields({ threads: v.optional(threadsSchema, 1), isa: v.optional(isaSchema, 'auto') }), {}),
});

/**
 * Checks a setting that comes from elsewhere (JSON, a file) and fills in the defaults: all rows, once each, on one thread of
 * the best instruction set.
 *
 * @throws SamebitsError as `parseRecipe` does, and `ERR_SAMEBITS_ARGUMENT`.
 */
export function parseSetting(value: unknown): Setting {
  const { recipe, data, execution } = check(settingSchema, value, 'setting');
  return checkSetting({ recipe: recipe as Setting['recipe'], data, execution });
}

/** The setting with its recipe parsed anew, if its parts fit each other. */
export function checkSetting({ recipe, data, execution }: Setting): Setting {
  const parsed = parseRecipe(recipe);
  const { model, flippedBit, emulate } = parsed;
  const inputs = declaredInputs(model);
  if (flippedBit !== null && inputs !== undefined) {
    const tensor = parametersOf(model, inputs).find(({ name }) => name === flippedBit.tensor);
    if (tensor !== undefined) checkFlippedIndex(flippedBit, tensor);
  }
  if (emulate.length > 0 && execution.isa !== 'auto' && execution.isa !== 'scalar') {
    throw expected(`'scalar' or 'auto' with emulate: ['${emulate.join("', '")}']`, 'execution.isa', execution.isa);
  }
  return { recipe: parsed, data, execution };
}
