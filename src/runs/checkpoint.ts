/** Checkpoints: all that a run needs in order to go on to the same bits, as a safetensors file. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { check, fields, flag, integer } from '../arguments.js';
import { declaredInputs, type NamedTensor, type Parameter, parametersOf, slotsOf } from '../model/description.js';
import { slotNames } from '../model/optimizers.js';
import type { Recipe } from '../model/recipe.js';
import type { Counters } from '../native/network.js';
import { countersForJson, countersSchema } from './counters.js';
import { damaged, inFile, isMissing, onDisk } from './file-errors.js';
import { CHECKPOINTS, checkFolder, openInside } from './inside.js';
import { type JournalEnd, journalEndSchema } from './journal.js';
import { digest, type JsonValue, parseJson } from './json.js';
import { type BestEpoch, bestEpochSchema, bestForJson, nonFiniteSchema, type RunResult } from './manifest.js';
import { type RecordingEnd, recordingEndSchema } from './recording-file.js';
import { SafetensorsFile, type TensorSource, tensorSource, writeSafetensors } from './safetensors.js';

/** Where training stands in an epoch, as the native network gives it. */
export interface EpochPosition {
  /** Rows of the epoch that are done; 0 at its start. */
  readonly position: number;
  /** Their hits. */
  readonly hits: number;
  /** Leaf length of the sum of their losses. */
  readonly batchLeaf: number;
  /** Partial sums of their losses. */
  readonly lossSums: Float32Array;
}

/** What a checkpoint holds beside weights and optimizer state. */
export interface CheckpointFacts {
  /** Steps of the run that were made. */
  readonly step: number;
  /** The model's own: over all its runs. */
  readonly counters: Counters;
  /** State fingerprint: SHA-256 of weights, optimizer state and counters. */
  readonly fingerprint: string;
  readonly epoch: EpochPosition;
  /** The first weights that stopped being finite. */
  readonly nonFinite: RunResult['nonFinite'];
  /** A callback has ended the run here, before its epochs were over. */
  readonly stopped: boolean;
  readonly best: BestEpoch | null;
  /** What each callback's `getState` gave, in their order; null for those without. */
  readonly callbacks: readonly JsonValue[];
  /** How far the folder's other files were. */
  readonly metrics: JournalEnd;
  readonly trace: JournalEnd | null;
  readonly recording: RecordingEnd | null;
}

/** A checkpoint that was read. */
export interface Checkpoint extends CheckpointFacts {
  /** In model order. */
  readonly weights: readonly NamedTensor[];
  /** For each tensor of {@link weights} its optimizer's slots, by name: `momentum`, `m`, `v`. */
  readonly optimizer: readonly Readonly<Record<string, Float32Array>>[];
  /** Of the best epoch; null where none is kept, or none has ended. */
  readonly bestWeights: readonly NamedTensor[] | null;
}

/** A checkpoint in its folder. */
export interface CheckpointFile {
  readonly step: number;
  /** Relative to the run's folder, with `/`. */
  readonly file: string;
}

const FACTS = 'samebits';
const FILE_NAME = /^(0|[1-9]\d{0,15})\.safetensors$/;
/** The stack of partial sums is a binary counter: far more than any run needs. */
const MOST_LOSS_SUMS = 4096;

const factsSchema = fields({
  schemaVersion: v.literal(1, 'the schema version 1'),
  step: integer(0),
  counters: countersSchema,
  fingerprint: digest,
  epoch: fields({ position: integer(0), hits: integer(0), batchLeaf: integer(1) }),
  nonFinite: nonFiniteSchema,
  stopped: v.optional(flag, false),
  best: v.nullable(bestEpochSchema),
  callbacks: v.array(v.unknown(), 'an array'),
  metrics: journalEndSchema,
  trace: v.nullable(journalEndSchema),
  recording: v.nullable(recordingEndSchema),
});

/** Names of a checkpoint's tensors. Layers' names have no slash, so that none can be taken for another. */
const weightName = (parameter: string): string => `weights/${parameter}`;
const slotName = (parameter: string, slot: string): string => `optimizer/${parameter}/${slot}`;
const bestName = (parameter: string): string => `best/${parameter}`;
const LOSS_SUMS = 'epoch/lossSums';

/** Trained tensors of a recipe whose model says its inputs, as those of manifests do. */
export function recordedParameters({ model }: Recipe): readonly Parameter[] {
  return parametersOf(model, declaredInputs(model) as number);
}

/** Elements of a parameter's weights (slot 0) or of a slot of its optimizer, in parts that follow one another. */
export type StateParts = (parameter: Parameter, slot: number) => Iterable<Float32Array>;

/**
 * Writes a checkpoint, whole or not at all.
 *
 * @param bestWeights In model order, exactly where `facts.best` is not null.
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export async function writeCheckpoint(
  folder: string,
  recipe: Recipe,
  facts: CheckpointFacts,
  state: StateParts,
  bestWeights: readonly NamedTensor[] | null,
): Promise<void> {
  const { epoch, best, stopped, ...others } = facts;
  const { lossSums, ...position } = epoch;
  const ended = stopped ? { stopped } : {};
  const counters = countersForJson(others.counters);
  const text = JSON.stringify({
    schemaVersion: 1,
    ...others,
    counters,
    ...ended,
    epoch: position,
    best: bestForJson(best),
  });
  const tensors: TensorSource[] = recordedParameters(recipe).flatMap((parameter) => [
    stateSource(weightName(parameter.name), parameter, 0, state),
    ...slotsOf(parameter, slotNames(recipe.optimizer)).map((slot, i) =>
      stateSource(slotName(parameter.name, slot), parameter, i + 1, state),
    ),
  ]);
  for (const { name, shape, data } of bestWeights ?? []) tensors.push(tensorSource(bestName(name), shape, data));
  tensors.push(tensorSource(LOSS_SUMS, [lossSums.length], lossSums));
  await writeSafetensors(join(folder, CHECKPOINTS, fileName(facts.step)), tensors, { [FACTS]: text });
}

function stateSource(name: string, parameter: Parameter, slot: number, state: StateParts): TensorSource {
  return { name, dtype: 'F32', shape: parameter.shape, parts: () => state(parameter, slot) };
}

export function fileName(step: number): string {
  return `${step}.safetensors`;
}

/** Options of `RunFolder.checkpoint`. */
export interface ReadCheckpointOptions {
  /** Read it although its seal may not hold: to see what is damaged. @default false */
  readonly unsealed?: boolean;
}

/**
 * Reads a checkpoint of a run.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` for one that is missing, damaged, or of another recipe.
 */
export async function readCheckpoint(
  folder: string,
  recipe: Recipe,
  step: number,
  { unsealed = false }: ReadCheckpointOptions = {},
): Promise<Checkpoint> {
  const file = await SafetensorsFile.of(await openInside(folder, [CHECKPOINTS, fileName(step)]));
  try {
    // Before its length is believed: a file with holes may say that it is larger than any disk.
    const facts = parseFacts(file, step);
    const parameters = recordedParameters(recipe);
    const slots = slotNames(recipe.optimizer);
    checkTensors(file, parameters, slots, facts.best !== null);
    if (!unsealed) await file.checkSeal();
    const weights = await readTensors(file, parameters, weightName);
    const bestWeights = facts.best === null ? null : await readTensors(file, parameters, bestName);
    const optimizer: Record<string, Float32Array>[] = [];
    for (const parameter of parameters) {
      const { name, shape } = parameter;
      const state: Record<string, Float32Array> = {};
      for (const slot of slotsOf(parameter, slots)) state[slot] = await file.read(slotName(name, slot), 'F32', shape);
      optimizer.push(state);
    }
    const epoch = { ...facts.epoch, lossSums: await file.read(LOSS_SUMS, 'F32') };
    return { ...facts, epoch, weights, optimizer, bestWeights };
  } finally {
    await file.close();
  }
}

function parseFacts(file: SafetensorsFile, step: number) {
  const text = file.header.metadata.get(FACTS);
  if (text === undefined) throw damaged(`the metadata ${FACTS}`, file.path, undefined);
  const value = parseJson(Buffer.from(text, 'utf8'), file.path);
  const { schemaVersion: _, ...facts } = inFile(file.path, () => check(factsSchema, value, FACTS));
  if (facts.step !== step) throw damaged(`the step ${step}`, file.path, facts.step);
  // It comes from JSON.parse.
  return { ...facts, callbacks: facts.callbacks as readonly JsonValue[] };
}

/** The tensors of a checkpoint of this recipe, and no others: their sizes are then bounded by it. */
function checkTensors(
  file: SafetensorsFile,
  parameters: readonly Parameter[],
  slots: readonly string[],
  best: boolean,
): void {
  const expectedBytes = new Map<string, number>();
  for (const parameter of parameters) {
    const { name, size } = parameter;
    expectedBytes.set(weightName(name), 4 * size);
    for (const slot of slotsOf(parameter, slots)) expectedBytes.set(slotName(name, slot), 4 * size);
    if (best) expectedBytes.set(bestName(name), 4 * size);
  }
  for (const { name, begin, end } of file.header.tensors) {
    const bytes = expectedBytes.get(name) ?? (name === LOSS_SUMS ? Math.min(end - begin, 4 * MOST_LOSS_SUMS) : 0);
    if (end - begin !== bytes) throw damaged(`${bytes} bytes`, `${name} of ${file.path}`, end - begin);
  }
}

/** The file's tensors of all parameters, in model order. */
export async function readTensors(
  file: SafetensorsFile,
  parameters: readonly Parameter[],
  nameOf: (parameter: string) => string = (parameter) => parameter,
): Promise<NamedTensor[]> {
  const tensors: NamedTensor[] = [];
  for (const { name, shape } of parameters) {
    tensors.push({ name, shape: [...shape], data: await file.read(nameOf(name), 'F32', shape) });
  }
  return tensors;
}

/**
 * The checkpoints of a run, the oldest first; none where their folder is missing. They are listed by name;
 * {@link readCheckpoint} checks them.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export async function listCheckpoints(folder: string): Promise<readonly CheckpointFile[]> {
  const path = join(folder, CHECKPOINTS);
  const names = await onDisk('a folder of checkpoints', path, async () => {
    try {
      await checkFolder(path);
    } catch (cause) {
      if (isMissing(cause)) return [];
      throw cause;
    }
    return readdir(path);
  });
  const steps = names.flatMap((name) => {
    const step = Number(FILE_NAME.exec(name)?.[1] ?? Number.NaN);
    return Number.isSafeInteger(step) ? [step] : [];
  });
  return steps.sort((a, b) => a - b).map((step) => ({ step, file: `${CHECKPOINTS}/${fileName(step)}` }));
}
