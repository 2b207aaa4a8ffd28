/**
 * The file of a model (docs/models.md): safetensors with its weights as PyTorch's `state_dict` has them, the slots of its
 * optimizer beside them, and what else it is as JSON in the metadata.
 */
import * as v from 'valibot';
import { check, fields, flag, integer, type Schema } from '../arguments.js';
import type { PreparationDocument } from '../data/prepare/fitted.js';
import { Preparation } from '../data/prepare/preparation.js';
import { expected } from '../errors.js';
import {
  declaredInputs,
  describeModel,
  type ModelDescription,
  type Parameter,
  parametersOf,
  slotsOf,
} from '../model/description.js';
import { checkFlippedBit, type FlippedBit, flippedBitSchema } from '../model/flipped-bit.js';
import { slotNames } from '../model/optimizers.js';
import { compileEntries, generatorSchema, type Recipe } from '../model/recipe.js';
import { type SeedChoice, seedsSchema } from '../model/seeds.js';
import { stateDictName, stateDictShape } from '../model/state-dict.js';
import { addon } from '../native/addon.js';
import type { Counters } from '../native/network.js';
import { version } from '../native/version.js';
import { seedSchema } from '../random/seed.js';
import type { Generator } from '../random/words.js';
import { countersForJson, countersSchema } from './counters.js';
import { damaged, inFile } from './file-errors.js';
import { digest, parseJson, text } from './json.js';
import type { SafetensorsHeader } from './safetensors-header.js';

/** What a model is beside its tensors. */
export interface SavedModel extends SeedChoice {
  readonly model: ModelDescription;
  readonly generator: Generator;
  readonly flippedBit: FlippedBit | null;
  /** Columns of the data. */
  readonly inputs: number;
  readonly compiled: Pick<Recipe, keyof typeof compileEntries> | null;
  readonly counters: Counters;
  /** How tables become its rows. */
  readonly preparation: Preparation | null;
  /** Of the weights. */
  readonly fingerprint: string;
  /** Whether the slots of its optimizer are in the file. */
  readonly optimizerState: boolean;
}

/** A tensor in the file of a model. */
export interface ModelTensor {
  readonly name: string;
  /** As in the file. */
  readonly shape: readonly number[];
  readonly parameter: Parameter;
  /** 0: weights; else a slot of the optimizer. */
  readonly slot: number;
}

const KEY = 'samebits';

const schema = fields({
  schemaVersion: v.literal(1, 'the schema version 1'),
  kind: v.literal('model', "'model'"),
  version: text(1000),
  contract: integer(1),
  fingerprint: digest,
  model: v.unknown(),
  inputs: integer(1, 0x7fff_ffff),
  seed: seedSchema,
  seeds: seedsSchema,
  generator: generatorSchema,
  flippedBit: flippedBitSchema,
  compiled: v.nullable(fields(compileEntries)) as Schema<SavedModel['compiled']>,
  counters: countersSchema,
  // Written as what its toJSON gives.
  preparation: v.optional(v.nullable(v.unknown()), null),
  optimizerState: flag,
});

/** Metadata of the file. */
export function modelMetadata(saved: SavedModel): Record<string, string> {
  const { fingerprint, ...others } = saved;
  const counters = countersForJson(others.counters);
  const facts = {
    schemaVersion: 1,
    kind: 'model',
    version,
    contract: addon().contract,
    fingerprint,
    ...others,
    counters,
  };
  return { [KEY]: JSON.stringify(facts) };
}

/** The tensors of a model's file, in model order: weights, then what the optimizer keeps of them. */
export function modelTensors({ model, inputs, compiled, optimizerState }: SavedModel): ModelTensor[] {
  const slots = optimizerState ? slotNames(compiled?.optimizer) : [];
  return parametersOf(model, inputs).flatMap((parameter) => {
    const name = stateDictName(parameter);
    const shape = stateDictShape(parameter);
    const ofSlot = (slot: string, i: number) => ({ name: `optimizer.${name}.${slot}`, shape, parameter, slot: i + 1 });
    return [{ name, shape, parameter, slot: 0 }, ...slotsOf(parameter, slots).map(ofSlot)];
  });
}

/**
 * What a file says of its model, with the tensors that it has: exactly those of the model, whose sizes are then bounded by
 * the file's.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE`, also for the file of another contract.
 */
export function parseModel(
  { metadata, tensors }: SafetensorsHeader,
  file: string,
): { readonly saved: SavedModel; readonly tensors: readonly ModelTensor[] } {
  const facts = metadata.get(KEY);
  if (facts === undefined) {
    throw damaged(`the metadata ${KEY} of a saved model (for weights alone there is loadStateDict)`, file, undefined);
  }
  const value = parseJson(Buffer.from(facts, 'utf8'), file);
  const saved = inFile(file, (): SavedModel => {
    const { schemaVersion: _, kind: __, version: writer, contract, ...parsed } = check(schema, value, KEY);
    if (contract !== addon().contract) {
      throw damaged(`contract ${addon().contract}`, file, `${contract}, of samebits ${writer}`);
    }
    const model = describeModel(parsed.model, `${KEY}.model`);
    checkFlippedBit(parsed.flippedBit, model, `${KEY}.flippedBit`);
    const declared = declaredInputs(model) ?? parsed.inputs;
    if (declared !== parsed.inputs)
      throw damaged(`${declared}, as its layers say,`, `inputs of ${file}`, parsed.inputs);
    return { ...parsed, model, preparation: preparationOf(parsed.preparation, declared) };
  });
  const wanted = modelTensors(saved);
  const shapes = new Map(wanted.map(({ name, shape }) => [name, shape.join()]));
  for (const { name, dtype, shape } of tensors) {
    if (dtype !== 'F32' || shapes.get(name) !== shape.join()) {
      throw damaged('the tensors of its model', file, `${name} [${shape.join(', ')}] ${dtype}`);
    }
  }
  if (tensors.length !== wanted.length) throw damaged(`${wanted.length} tensors`, file, tensors.length);
  return { saved, tensors: wanted };
}

/** @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` */
function preparationOf(document: unknown, inputs: number): Preparation | null {
  if (document === null) return null;
  const preparation = new Preparation(document as PreparationDocument);
  if (preparation.features.length === inputs) return preparation;
  throw expected(`${inputs} features, as the model takes,`, `${KEY}.preparation`, preparation.features.length);
}
