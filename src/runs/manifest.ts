/** The manifest of a run: what was trained, on what, how, and how far it came. */
import { join } from 'node:path';
import * as v from 'valibot';
import { check, fields, flag, integer, oneOf, type Schema } from '../arguments.js';
import type { DataChoice } from '../data/source.js';
import { dataChoiceSchema } from '../data/source-schema.js';
import { METRIC_NAMES, type MetricName } from '../metrics/names.js';
import { declaredInputs } from '../model/description.js';
import type { Contract } from '../model/emulation.js';
import { parseRecipe, type Recipe, reductionSchema } from '../model/recipe.js';
import { INSTRUCTION_SETS, type InstructionSet } from '../native/instruction-set.js';
import type { MachineDescription } from '../native/machine.js';
import type { Reduction } from '../native/network.js';
import { writeDurably, writeFully } from './durable.js';
import { damaged, inFile } from './file-errors.js';
import { readInside } from './inside.js';
import { type JournalEnd, journalEndSchema } from './journal.js';
import { digest, jsonNumber, parseJson, text, toJsonNumber } from './json.js';
import { type RecordingEnd, recordingEndSchema } from './recording-file.js';
import { checkSealedText, NO_SEAL, sealText } from './seal.js';
import type { TraceInterval } from './trace.js';

export const MANIFEST_FILE = 'manifest.json';

/** What a run of the folder is kept with. */
export interface RunOptions {
  readonly trace: TraceInterval | null;
  /** Steps between two checkpoints; null for one at the end of each epoch. */
  readonly checkpointEvery: number | null;
  /** Checkpoints that stay, at least 1. */
  readonly keepCheckpoints: number;
  /** The metric whose best epoch's weights are kept. */
  readonly best: MetricName | null;
  /** Free order: the order of each step is written down. */
  readonly record: boolean;
  /** Free order: a recording is replayed. */
  readonly replay: boolean;
  readonly onNonFinite: 'stop' | 'continue';
}

/** What was trained on. */
export interface RecordedData {
  readonly rows: number;
  readonly columns: number;
  /** Of rows and targets, by shape, elements and targets. */
  readonly hash: string;
  /** Where they come from; a `given` source where nobody said. */
  readonly choice: DataChoice;
  /** True where rows were streamed: the hash is that of a stream. */
  readonly streamed?: true;
  readonly validation: RecordedValidation | null;
  /** Of the rows of a table: SHA-256 of the file with the preparation that made them. */
  readonly preparation?: string;
  /** Of the rows of a table: the column that says what they weigh. */
  readonly sampleWeights?: string;
}

/** What a run was validated on. */
export interface RecordedValidation {
  readonly rows: number;
  readonly hash: string;
  readonly streamed?: true;
}

/** How a run, or a part of it, was executed. */
export interface RecordedExecution {
  readonly threads: number;
  readonly reduction: Reduction;
  readonly isa: InstructionSet;
  readonly deterministic: boolean;
  readonly plan: 'auto' | 'stored' | 'fused';
}

/** One call that trained: `fit`, or a later `resume`. */
export interface RunSession {
  /** Version of the package. */
  readonly version: string;
  readonly machine: MachineDescription;
  readonly execution: RecordedExecution;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  /** Steps that had been made when it began. */
  readonly firstStep: number;
  /** Null while it runs, and where it ended with its process. */
  readonly endedAt: string | null;
  /** Time spent training; null as above. */
  readonly seconds: number | null;
}

/** What a complete run came to. */
export interface RunResult {
  readonly steps: number;
  /** SHA-256 of the final weights. */
  readonly fingerprint: string;
  /** SHA-256 of weights, optimizer state and counters. */
  readonly stateFingerprint: string;
  /** The first weights that stopped being finite. */
  readonly nonFinite: { readonly step: number; readonly tensor: string } | null;
  readonly best: BestEpoch | null;
  readonly metrics: JournalEnd;
  readonly trace: JournalEnd | null;
  readonly recording: RecordingEnd | null;
  /** Seal of `weights.safetensors`, and of `best.safetensors`. */
  readonly weights: string;
  readonly bestWeights: string | null;
}

/** The epoch that was best by a metric; of equal ones the first. */
export interface BestEpoch {
  readonly metric: MetricName;
  /** Counted from 0 in the run. */
  readonly epoch: number;
  readonly value: number;
}

/**
 * How far a run is. `running` is also what a crash leaves; `interrupted`: by its signal; `failed`: by an error. All but
 * `complete` can be resumed.
 */
export type RunStatus = 'running' | 'interrupted' | 'failed' | 'complete';

/** What a run folder says of its run: `manifest.json`. */
export interface Manifest {
  readonly schemaVersion: 1;
  /** Version of the numerics contract whose bits these are; 'emulated' where other hardware was. */
  readonly contract: Contract;
  readonly status: RunStatus;
  readonly recipe: Recipe;
  /** Whether the first step took the recipe's initial weights, or those of the checkpoint of step 0. */
  readonly start: 'recipe' | 'checkpoint';
  /** Epochs that the model had made before. */
  readonly initialEpoch: number;
  readonly data: RecordedData;
  readonly options: RunOptions;
  /** At least one. */
  readonly sessions: readonly RunSession[];
  /** Of a complete run. */
  readonly result: RunResult | null;
}

const MOST_BYTES = 16 << 20;
/** How every manifest begins. */
export const SEAL_PREFIX = '{\n  "sha256": "';

const short = text(1000);
const step = integer(0);

const sessionSchema: Schema<RunSession> = fields({
  version: short,
  machine: fields({
    platform: short,
    arch: short,
    cpu: short,
    cores: integer(0),
    memoryBytes: integer(0),
    node: short,
    instructionSets: v.pipe(v.array(short, 'an array of names'), v.maxLength(100, 'at most 100 names')),
  }),
  execution: fields({
    threads: integer(1, 256),
    reduction: reductionSchema,
    isa: oneOf(INSTRUCTION_SETS),
    deterministic: flag,
    plan: oneOf(['auto', 'stored', 'fused'] as const),
  }),
  startedAt: short,
  firstStep: step,
  endedAt: v.nullable(short),
  seconds: v.nullable(v.number('a number')),
});

export const bestEpochSchema: Schema<BestEpoch> = fields({
  metric: oneOf(METRIC_NAMES),
  epoch: integer(0),
  value: jsonNumber,
});

export const nonFiniteSchema: Schema<RunResult['nonFinite']> = v.nullable(fields({ step, tensor: short }));

const manifestSchema = fields({
  sha256: digest,
  schemaVersion: v.literal(1, 'the schema version 1'),
  contract: v.union([integer(1), v.literal('emulated')], "an integer of at least 1 or 'emulated'"),
  status: oneOf(['running', 'interrupted', 'failed', 'complete'] as const),
  recipe: v.unknown(),
  start: oneOf(['recipe', 'checkpoint'] as const),
  initialEpoch: integer(0),
  data: fields({
    rows: integer(1),
    columns: integer(1),
    hash: digest,
    choice: dataChoiceSchema,
    streamed: v.optional(v.literal(true, 'true')),
    validation: v.nullable(fields({ rows: integer(1), hash: digest, streamed: v.optional(v.literal(true, 'true')) })),
    preparation: v.optional(digest),
    sampleWeights: v.optional(v.string('a text')),
  }),
  options: fields({
    trace: v.nullable(oneOf(['epoch', 'step'] as const)),
    checkpointEvery: v.nullable(integer(1)),
    keepCheckpoints: integer(1),
    best: v.nullable(oneOf(METRIC_NAMES)),
    record: flag,
    replay: flag,
    onNonFinite: oneOf(['stop', 'continue'] as const),
  }),
  sessions: v.pipe(v.array(sessionSchema, 'an array of sessions'), v.minLength(1, 'at least one session')),
  result: v.nullable(
    fields({
      steps: integer(1),
      fingerprint: digest,
      stateFingerprint: digest,
      nonFinite: nonFiniteSchema,
      best: v.nullable(bestEpochSchema),
      metrics: journalEndSchema,
      trace: v.nullable(journalEndSchema),
      recording: v.nullable(recordingEndSchema),
      weights: digest,
      bestWeights: v.nullable(digest),
    }),
  ),
});

/** Writes a folder's manifest, whole or not at all. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const result = manifest.result && { ...manifest.result, best: bestForJson(manifest.result.best) };
  const document = { sha256: NO_SEAL, ...manifest, result };
  const bytes = sealText(`${JSON.stringify(document, null, 2)}\n`, SEAL_PREFIX);
  await writeDurably(join(folder, MANIFEST_FILE), (handle) => writeFully(handle, bytes, null));
}

/** What JSON can carry of it. */
export function bestForJson(best: BestEpoch | null): object | null {
  return best && { ...best, value: toJsonNumber(best.value) };
}

/**
 * Reads and checks a folder's manifest.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export async function readManifest(folder: string): Promise<Manifest> {
  const bytes = await readInside(folder, [MANIFEST_FILE], MOST_BYTES);
  const file = join(folder, MANIFEST_FILE);
  checkSealedText(bytes, SEAL_PREFIX, file);
  const value = parseJson(bytes, file);
  return inFile(file, () => {
    const { sha256: _, recipe, ...rest } = check(manifestSchema, value, 'manifest');
    const manifest = { ...rest, recipe: parseRecipe(recipe) };
    if (declaredInputs(manifest.recipe.model) !== manifest.data.columns) {
      throw damaged(`${manifest.data.columns} inputs`, 'recipe.model', declaredInputs(manifest.recipe.model));
    }
    if ((manifest.status === 'complete') !== (manifest.result !== null)) {
      throw damaged('a result exactly of a complete run', 'result', manifest.status);
    }
    if (manifest.result !== null) checkSteps(manifest, manifest.result);
    return manifest;
  });
}

/** A complete run has made whole epochs: all of its recipe, or as many as there were when a callback ended it. */
function checkSteps({ data, recipe }: Manifest, { steps, metrics }: RunResult): void {
  const stepsPerEpoch = Math.ceil(data.rows / recipe.fit.batchSize);
  const most = stepsPerEpoch * recipe.fit.epochs;
  if (steps % stepsPerEpoch > 0 || steps > most) {
    throw damaged(`whole epochs of ${stepsPerEpoch} steps, at most ${most},`, 'result.steps', steps);
  }
  if (metrics.lines !== steps / stepsPerEpoch) {
    throw damaged(`${steps / stepsPerEpoch} lines, one for each epoch,`, 'result.metrics.lines', metrics.lines);
  }
}
