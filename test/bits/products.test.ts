/** The public kernels against the reference, bit for bit, on odd shapes and awkward values. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { denseBackward, denseForward, sum } from 'samebits/kernels';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';

const { available } = addon().instructionSets();
const { reference } = addon();

/** The inputs of the golden file (test/golden/README.md): element i of a tensor with a salt. */
function hashed(count: number, salt: number): Float32Array {
  return Float32Array.from({ length: count }, (_, i) => {
    let h = (Math.imul(i + 1, 2_654_435_761) + Math.imul(salt, 40_503)) >>> 0;
    h = Math.imul(h ^ (h >>> 15), 2_246_822_519) >>> 0;
    h = (h ^ (h >>> 13)) >>> 0;
    return (h >>> 8) * 2 ** -24 - 0.5;
  });
}

const AWKWARD = [0, -0, 1e-45, -1e-40, 1e-30, -1e-30, 3e38, -3e38, Infinity, -Infinity, NaN, 1, -1];

/** Mostly ordinary numbers, and here and there one that is not. */
function awkward(count: number, salt: number): Float32Array {
  const values = hashed(count, salt);
  for (let i = salt; i < count; i += 37) values[i] = AWKWARD[(i * 31 + salt) % AWKWARD.length];
  return values;
}

const sha256 = (values: Float32Array): string =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');

/** Bits with every NaN the same. */
const bits = (values: Float32Array): Uint32Array =>
  new Uint32Array(Float32Array.from(values, (value) => (Number.isNaN(value) ? Number.NaN : value)).buffer);

let state = 12_345;
/** 1 to `most`, the same in every run of the tests. */
function size(most: number): number {
  state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
  return 1 + ((state >>> 8) % most);
}
const SHAPES = Array.from({ length: 15 }, (_, i) => ({
  rows: size(i % 3 === 0 ? 8 : 200),
  inputs: size(i % 4 === 0 ? 600 : 300),
  units: size(i % 5 === 0 ? 20 : 300),
}));

describe.each(available)('%s', (isa) => {
  it.each(SHAPES)('products of $rows rows, $inputs inputs, $units units', async ({ rows, inputs, units }) => {
    for (const values of [hashed, awkward]) {
      const x = values(rows * inputs, 1);
      const weights = values(inputs * units, 2);
      const bias = values(units, 3);
      const outputGradient = values(rows * units, 4);
      const batchLeaf = size(100);
      for (const threads of [1, 3]) {
        const shape = { rows, inputs, units, threads, isa };
        const z = await denseForward({ x, weights, bias, ...shape });
        expect(bits(z)).toEqual(bits(reference.denseForward(x, weights, bias, rows, inputs, units)));
        const back = await denseBackward({ x, weights, outputGradient, batchLeaf, ...shape });
        const expected = reference.denseBackward(x, weights, outputGradient, rows, inputs, units, batchLeaf);
        expect(bits(back.inputGradient)).toEqual(bits(expected.inputGradient));
        expect(bits(back.weightGradient)).toEqual(bits(expected.weightGradient));
        expect(bits(back.biasGradient)).toEqual(bits(expected.biasGradient));
      }
    }
  });

  it.each(JSON.parse(readFileSync(join(__dirname, '../golden/products.json'), 'utf8')) as Record<string, string>[])(
    'golden products of $rows x $inputs x $units',
    async (golden) => {
      const [rows, inputs, units] = [golden.rows, golden.inputs, golden.units].map(Number);
      const [x, weights] = [hashed(rows * inputs, 1), hashed(inputs * units, 2)];
      const [bias, outputGradient] = [hashed(units, 3), hashed(rows * units, 4)];
      const shape = { rows, inputs, units, threads: 2, isa };
      const back = await denseBackward({ x, weights, outputGradient, ...shape });
      expect(sha256(await denseForward({ x, weights, bias, ...shape }))).toBe(golden.forward);
      expect(sha256(back.inputGradient)).toBe(golden.inputGradient);
      expect(sha256(back.weightGradient)).toBe(golden.weightGradient);
      expect(sha256(back.biasGradient)).toBe(golden.biasGradient);
      const rowSums = new Float32Array(rows);
      for (let i = 0; i < rows; i++)
        rowSums[i] = await sum(x.subarray(i * inputs, (i + 1) * inputs), { threads: 1, isa });
      expect(sha256(rowSums)).toBe(golden.rowSums);
    },
  );

  it('an empty axis gives an empty sum', async () => {
    const none = new Float32Array(0);
    const options = { threads: 2, reduction: 'fixed', isa, batchLeaf: 64, freeGrain: 8 } as const;
    const forward = addon().denseForward(none, none, new Float32Array([1, 2]), 2, 0, 2, 'linear', options);
    expect(await forward).toEqual(new Float32Array([1, 2, 1, 2]));
    const back = await addon().denseBackward(none, new Float32Array(6), none, 0, 3, 2, options);
    expect(back.inputGradient.length).toBe(0);
    expect([...back.weightGradient, ...back.biasGradient]).toEqual([0, 0, 0, 0, 0, 0, 0, 0]);
  });
});
