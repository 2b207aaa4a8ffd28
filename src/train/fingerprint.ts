/** Fingerprints: SHA-256 over a canonical byte stream (docs/numerics.md, "Fingerprint"). */
import { createHash, type Hash } from 'node:crypto';
import { canonicalBytes } from '../data/canonical-bytes.js';
import { type Parameter, slotsOf } from '../model/description.js';
import { addon } from '../native/addon.js';
import type { NativeNetwork, PlateauState, Slot } from '../native/network.js';
import { partsOf } from './network.js';

/** Weights alone; or the full state, with optimizer and counters. */
export type FingerprintScope = 'weights' | 'state';

/**
 * Fingerprint of a network, 64 hexadecimal digits.
 *
 * @param slots Names of the optimizer's slots; none for the weights alone.
 */
export function fingerprintNetwork(
  network: NativeNetwork,
  parameters: readonly Parameter[],
  scope: FingerprintScope,
  slots: readonly string[] = [],
): string {
  const hash = begin(scope);
  const add = ({ layer, kind, shape, size }: Parameter, name: string, slot: Slot): void => {
    addHead(hash, name, shape);
    for (const { firstRow, rows } of partsOf(shape, size)) {
      hash.update(canonicalBytes(network.getParameter(layer, kind, slot, firstRow, rows)));
    }
  };
  for (const parameter of parameters) add(parameter, parameter.name, 0);
  if (scope === 'state') {
    for (const parameter of parameters) {
      slotsOf(parameter, slots).forEach((slot, index) => {
        add(parameter, `${parameter.name}/${slot}`, (index + 1) as Slot);
      });
    }
    const { steps, epochs, beta1Power, beta2Power, firstStep = 0, plateau } = network.getCounters();
    const counters = Buffer.alloc(firstStep === 0 ? 32 : 40);
    counters.writeBigUInt64LE(BigInt(steps), 0);
    counters.writeBigUInt64LE(BigInt(epochs), 8);
    counters.writeDoubleLE(beta1Power, 16);
    counters.writeDoubleLE(beta2Power, 24);
    if (firstStep > 0) counters.writeBigUInt64LE(BigInt(firstStep), 32);
    hash.update(counters);
    if (plateau !== undefined) hash.update(plateauBytes(plateau));
  }
  return hash.digest('hex');
}

function plateauBytes({ learningRate, best, wait, cooldown }: PlateauState): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeDoubleLE(learningRate, 0);
  bytes.writeDoubleLE(best, 8);
  bytes.writeBigUInt64LE(BigInt(wait), 16);
  bytes.writeBigUInt64LE(BigInt(cooldown), 24);
  return bytes;
}

/** Fingerprint of predictions [rows, columns], 64 hexadecimal digits. */
export function fingerprintPredictions(values: Float32Array, rows: number, columns: number): string {
  const hash = begin('predictions');
  addHead(hash, 'predictions', [rows, columns]);
  hash.update(canonicalBytes(values));
  return hash.digest('hex');
}

function begin(scope: FingerprintScope | 'predictions'): Hash {
  return createHash('sha256').update(`samebits ${addon().contract} ${scope}\n`, 'utf8');
}

/** Length of the name, name, number of dimensions, dimensions; all integers in 32 bits, little-endian. Elements follow. */
function addHead(hash: Hash, name: string, shape: readonly number[]): void {
  const text = Buffer.from(name, 'utf8');
  hash
    .update(words([text.length]))
    .update(text)
    .update(words([shape.length, ...shape]));
}

function words(values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  values.forEach((value, index) => {
    bytes.writeUInt32LE(value, 4 * index);
  });
  return bytes;
}
