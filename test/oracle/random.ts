/** Seeds, streams, generators, initialisers and shuffles (docs/numerics.md, section 7). */
import { createHash } from 'node:crypto';
import seedrandom from 'seedrandom';
import { add, f32, mul, sqrt } from './arithmetic.js';
import { cospi, log } from './elementary.js';

export const generatorNames = ['philox', 'alea', 'arc4', 'xor128', 'tychei', 'xorwow', 'xor4096', 'xorshift7'] as const;
export type GeneratorName = (typeof generatorNames)[number];

export const initializerNames = [
  'zeros',
  'glorotUniform',
  'heUniform',
  'randomNormal',
  'glorotNormal',
  'heNormal',
  'lecunUniform',
  'lecunNormal',
  'randomUniform',
] as const;
export type InitializerName = (typeof initializerNames)[number];
export type Initializer =
  | InitializerName
  | { readonly name: 'constant'; readonly value: number }
  | { readonly name: 'randomUniform'; readonly minval: number; readonly maxval: number };

/** What a seed of its own decides; the others have `seed`. */
export interface Seeds {
  readonly weights?: number | string | null;
  readonly order?: number | string | null;
  readonly dropout?: number | string | null;
  readonly noise?: number | string;
}

export interface Source {
  readonly seed: number | string;
  readonly generator: GeneratorName;
}

type Words = readonly [number, number, number, number];

/** Philox4x32-10. */
export function philox(counter: Words, key: readonly [number, number]): Words {
  let [c0, c1, c2, c3] = counter.map(BigInt);
  let [k0, k1] = key.map(BigInt);
  for (let round = 0; round < 10; round++) {
    const product0 = 0xd2511f53n * c0;
    const product1 = 0xcd9e8d57n * c2;
    c0 = (product1 >> 32n) ^ c1 ^ k0;
    c1 = product1 & 0xffffffffn;
    c2 = (product0 >> 32n) ^ c3 ^ k1;
    c3 = product0 & 0xffffffffn;
    k0 = (k0 + 0x9e3779b9n) & 0xffffffffn;
    k1 = (k1 + 0xbb67ae85n) & 0xffffffffn;
  }
  return [Number(c0), Number(c1), Number(c2), Number(c3)];
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text, 'utf8').digest();

export function keyOf(seed: number | string): [number, number] {
  const hash = sha256(String(seed));
  return [hash.readUInt32LE(0), hash.readUInt32LE(4)];
}

export const streamNumber = (stream: string): number => sha256(stream).readUInt32LE(0);

/** A use of randomness. A word has a position for philox; a seedrandom generator gives its next one, whatever is asked. */
export type Draw = (block: number, word: number, attempt: number) => number;

/** `epoch` is 0 for initialisers. Of seedrandom's streams only the shuffle's has it in its name. */
export function openStream({ seed, generator }: Source, stream: string, epoch: number): Draw {
  if (generator === 'philox') {
    const key = keyOf(seed);
    const number = streamNumber(stream);
    return (block, word, attempt) => philox([block, attempt, epoch, number], key)[word];
  }
  const name = stream === 'shuffle' ? `shuffle/${epoch}` : stream;
  const text = `${seed}/${name}`;
  const prng = generator === 'arc4' ? seedrandom(text) : seedrandom[generator](text);
  return () => prng.int32() >>> 0;
}

const TRUNCATED_STDDEV = 0.87962566103423978;

function uniform(draw: Draw, count: number, limit: number): Float32Array {
  const scale = f32(2 * limit);
  const offset = f32(-limit);
  return between(draw, count, scale, offset);
}

function between(draw: Draw, count: number, scale: number, offset: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    const u = (draw(Math.floor(i / 4), i % 4, 0) >>> 8) * 2 ** -24;
    return add(mul(u, scale), offset);
  });
}

/** Box and Muller: element `i`, attempt `r`. */
export function normalNumber(draw: Draw, i: number, attempt: number): number {
  const block = Math.floor(i / 2);
  const first = draw(block, 2 * (i % 2), attempt);
  const second = draw(block, 2 * (i % 2) + 1, attempt);
  const u1 = ((first >>> 8) + 1) * 2 ** -24;
  const u2 = ((second >>> 8) + 1) * 2 ** -24;
  return mul(sqrt(mul(-2, log(u1))), cospi(mul(2, u2)));
}

function truncatedNormal(draw: Draw, count: number, stddev: number): Float32Array {
  const scale = f32(stddev);
  return Float32Array.from({ length: count }, (_, i) => {
    for (let attempt = 0; ; attempt++) {
      const n = normalNumber(draw, i, attempt);
      if (Math.abs(n) < 2) return mul(n, scale);
    }
  });
}

/** A tensor of `count` elements in row-major order. */
export function initialize(name: Initializer, draw: Draw, count: number, fanIn: number, fanOut: number): Float32Array {
  if (typeof name === 'object') {
    if (name.name === 'constant') return new Float32Array(count).fill(f32(name.value));
    return between(draw, count, f32(name.maxval - name.minval), f32(name.minval));
  }
  switch (name) {
    case 'zeros':
      return new Float32Array(count);
    case 'glorotUniform':
      return uniform(draw, count, Math.sqrt(6 / (fanIn + fanOut)));
    case 'heUniform':
      return uniform(draw, count, Math.sqrt(6 / fanIn));
    case 'randomUniform':
      return between(draw, count, f32(0.05 - -0.05), f32(-0.05));
    case 'randomNormal': {
      const scale = f32(0.05);
      return Float32Array.from({ length: count }, (_, i) => add(mul(normalNumber(draw, i, 0), scale), 0));
    }
    case 'glorotNormal':
      return truncatedNormal(draw, count, Math.sqrt(2 / (fanIn + fanOut)) / TRUNCATED_STDDEV);
    case 'heNormal':
      return truncatedNormal(draw, count, Math.sqrt(2 / fanIn) / TRUNCATED_STDDEV);
    case 'lecunUniform':
      return uniform(draw, count, Math.sqrt(3 / fanIn));
    case 'lecunNormal':
      return truncatedNormal(draw, count, Math.sqrt(1 / fanIn) / TRUNCATED_STDDEV);
  }
}

/** `j` below `bound`, unbiased: Lemire's multiplication with rejection. */
export function below(bound: number, word: (attempt: number) => number): number {
  const b = BigInt(bound);
  const threshold = (2n ** 32n - b) % b;
  for (let attempt = 0; ; attempt++) {
    const product = BigInt(word(attempt)) * b;
    if (product % 2n ** 32n >= threshold) return Number(product >> 32n);
  }
}

/** The order of `rows` rows in one epoch: Fisher and Yates. */
export function shuffle(source: Source, epoch: number, rows: number, stream = 'shuffle'): Uint32Array {
  const draw = openStream(source, stream, epoch);
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  for (let i = rows - 1; i >= 1; i--) {
    const j = below(i + 1, (attempt) => draw(Math.floor(i / 4), i % 4, attempt));
    [order[i], order[j]] = [order[j], order[i]];
  }
  return order;
}

/** The normal number that Gaussian noise adds a multiple of to element `unit` of row `row` of the batch in a step. */
export function noiseOf(
  { seed, stream }: { readonly seed: number | string; readonly stream: number },
  step: number,
  row: number,
  unit: number,
): number {
  const draw: Draw = (block, word) => philox([block, row, step % 2 ** 32, stream], keyOf(seed))[word];
  return normalNumber(draw, unit, 0);
}

/** Whether element `unit` of row `row` of the batch in a step is kept by a dropout layer. */
export function isKept(
  { seed, stream, rate }: { readonly seed: number | string; readonly stream: number; readonly rate: number },
  step: number,
  row: number,
  unit: number,
): boolean {
  const words = philox([Math.floor(unit / 4), row, step % 2 ** 32, stream], keyOf(seed));
  return words[unit % 4] >= Math.floor(rate * 2 ** 32);
}
