/** What a layers model of tfjs is made of: `model.json` with the files of weights beside it, or the same in memory. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import * as v from 'valibot';
import { check } from '../../arguments.js';
import { expected } from '../../errors.js';
import { damaged, inFile, onDisk } from '../../runs/file-errors.js';
import { type OpenFile, openInside, openNamed, readRange } from '../../runs/inside.js';
import { parseJson } from '../../runs/json.js';
import { bytesOf, decodeWeights, parseSpecs, type TfjsTensor, type WeightSpec } from './weights.js';

/** A model of tfjs in memory: what an `IOHandler` of `tf.LayersModel.save` gets, or `model.json` with the weights' bytes. */
export interface TfjsArtifacts {
  readonly modelTopology: unknown;
  readonly weightSpecs: readonly unknown[];
  readonly weightData: ArrayBuffer | readonly ArrayBuffer[] | Uint8Array;
}

/** A model as it was found. */
export interface FoundModel {
  /** As errors call it. */
  readonly file: string;
  readonly topology: unknown;
  readonly weights: ReadonlyMap<string, TfjsTensor>;
}

const MODEL_FILE = 'model.json';
const MOST_JSON_BYTES = 64 << 20;

const modelSchema = v.object(
  {
    format: v.optional(
      v.literal('layers-model', "'layers-model' (a graph model has no layers; convert to a layers model)"),
    ),
    modelTopology: v.unknown(),
    weightsManifest: v.array(
      v.object({ paths: v.array(v.string('a string'), 'an array of paths'), weights: v.unknown() }, 'an object'),
      'an array',
    ),
  },
  'an object',
);

interface Group {
  readonly paths: readonly string[];
  readonly specs: readonly WeightSpec[];
}

/**
 * Reads `model.json` and the files that it names, which must be in its folder or in one folder of that.
 *
 * @param path Of `model.json`, or of its folder.
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export async function readModel(path: string): Promise<FoundModel> {
  const isFolder = await onDisk('a readable file', path, async () => (await stat(path)).isDirectory());
  const file = isFolder ? join(path, MODEL_FILE) : path;
  const { modelTopology, weightsManifest } = await readModelFile(file);
  const groups = weightsManifest.map(({ paths, weights: specs }, i) => ({
    paths,
    specs: parseSpecs(specs, `weightsManifest[${i}].weights`, file),
  }));
  checkPaths(groups, file);
  const weights = new Map<string, TfjsTensor>();
  for (const group of groups) decodeWeights(group.specs, await readGroup(dirname(file), group), weights, file);
  return { file, topology: modelTopology, weights };
}

async function readModelFile(path: string) {
  const file = await openNamed(path);
  try {
    if (file.size > MOST_JSON_BYTES) throw damaged(`at most ${MOST_JSON_BYTES} bytes`, path, file.size);
    const value = parseJson(await readRange(file, 0, file.size), path);
    return inFile(path, () => check(modelSchema, value, basename(path)));
  } finally {
    await file.handle.close();
  }
}

/** Each file once: one that is named again and again would become larger than all files. */
function checkPaths(groups: readonly Group[], file: string): void {
  const taken = new Set<string>();
  for (const path of groups.flatMap(({ paths }) => paths)) {
    segmentsOf(path, file);
    if (taken.has(path)) throw damaged('each file of weights once', file, path);
    taken.add(path);
  }
}

/** A name, or a folder and a name, that lead nowhere else on any system. */
function segmentsOf(path: string, file: string): readonly string[] {
  const segments = path.split('/');
  const inside = segments.every((segment) => /^[^\\:\0]+$/.test(segment) && segment !== '.' && segment !== '..');
  if (inside && segments.length <= 2) return segments;
  throw damaged('paths of files in its folder, or in one folder of that,', file, path);
}

async function readGroup(folder: string, { paths, specs }: Group): Promise<Uint8Array> {
  const files: OpenFile[] = [];
  try {
    for (const path of paths) files.push(await openInside(folder, segmentsOf(path, folder)));
    // Before memory is taken for what the specifications say.
    const size = files.reduce((sum, file) => sum + file.size, 0);
    if (size !== bytesOf(specs)) throw damaged(`${bytesOf(specs)} bytes of weights`, paths.join(', '), size);
    const parts: Uint8Array[] = [];
    for (const file of files) parts.push(await readRange(file, 0, file.size));
    return Buffer.concat(parts);
  } finally {
    for (const { handle } of files) await handle.close();
  }
}

/** @throws SamebitsError `ERR_SAMEBITS_FILE`; `ERR_SAMEBITS_ARGUMENT` for what is no such object. */
export function fromMemory(artifacts: TfjsArtifacts): FoundModel {
  const file = 'the model of tfjs';
  const { modelTopology, weightSpecs, weightData } = Object(artifacts) as Partial<TfjsArtifacts>;
  const specs = parseSpecs(weightSpecs, 'weightSpecs', file);
  const bytes = bytesIn(weightData);
  if (bytes.length !== bytesOf(specs)) throw damaged(`${bytesOf(specs)} bytes`, 'weightData', bytes.length);
  const weights = new Map<string, TfjsTensor>();
  decodeWeights(specs, bytes, weights, file);
  return { file, topology: modelTopology, weights };
}

function bytesIn(data: unknown): Uint8Array {
  if (data instanceof Uint8Array) return data;
  const parts = Array.isArray(data) ? data : [data];
  if (!parts.every((part) => part instanceof ArrayBuffer)) {
    throw expected('an ArrayBuffer, several, or a Uint8Array', 'weightData', data);
  }
  return parts.length === 1 ? new Uint8Array(parts[0]) : Buffer.concat(parts.map((part) => new Uint8Array(part)));
}
