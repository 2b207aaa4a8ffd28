/** Fingerprints and marks (docs/numerics.md, section 10). */
import { createHash } from 'node:crypto';
import { bitsOf } from './arithmetic.js';
import type { Plateau } from './schedules.js';

const CONTRACT = '1';

export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

/** Little-endian binary32 with canonical NaN. */
export function bytesOf(values: Float32Array): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, i) => {
    bytes.writeUInt32LE(bitsOf(value), 4 * i);
  });
  return bytes;
}

export function fingerprint(scope: string, tensors: readonly Tensor[], tail: Buffer = Buffer.alloc(0)): string {
  const hash = createHash('sha256').update(`samebits ${CONTRACT} ${scope}\n`, 'utf8');
  for (const { name, shape, values } of tensors) {
    const text = Buffer.from(name, 'utf8');
    hash.update(u32(text.length)).update(text).update(u32(shape.length));
    for (const dimension of shape) hash.update(u32(dimension));
    hash.update(bytesOf(values));
  }
  return hash.update(tail).digest('hex');
}

export interface Counters {
  readonly steps: number;
  readonly epochs: number;
  readonly p1: number;
  readonly p2: number;
  readonly plateau?: Plateau;
}

/** What follows the tensors of the scope `state`. */
export function countersTail({ steps, epochs, p1, p2, plateau }: Counters): Buffer {
  const tail = Buffer.alloc(plateau === undefined ? 32 : 64);
  tail.writeBigUInt64LE(BigInt(steps), 0);
  tail.writeBigUInt64LE(BigInt(epochs), 8);
  tail.writeDoubleLE(p1, 16);
  tail.writeDoubleLE(p2, 24);
  if (plateau !== undefined) {
    tail.writeDoubleLE(plateau.learningRate, 32);
    tail.writeDoubleLE(plateau.best, 40);
    tail.writeBigUInt64LE(BigInt(plateau.wait), 48);
    tail.writeBigUInt64LE(BigInt(plateau.cooldown), 56);
  }
  return tail;
}

export function mark(values: Float32Array): bigint {
  const wrap = (n: bigint): bigint => BigInt.asUintN(64, n);
  let sum = 0n;
  values.forEach((value, index) => {
    let z = wrap(BigInt(index) * 2n ** 32n + BigInt(bitsOf(value)) + 0x9e3779b97f4a7c15n);
    z = wrap((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n);
    z = wrap((z ^ (z >> 27n)) * 0x94d049bb133111ebn);
    sum = wrap(sum + (z ^ (z >> 31n)));
  });
  return sum;
}
