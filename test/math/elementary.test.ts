import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addon, type ElementaryFunction } from '../../dist/native/addon.js';

/** Pairs of bits: argument and correctly rounded result. scripts/verify-math.mjs writes and explains them. */
const { functions } = JSON.parse(readFileSync(join(import.meta.dirname, 'hard-cases.json'), 'utf8')) as {
  functions: Record<ElementaryFunction, [string, string][]>;
};
const names = Object.keys(functions) as ElementaryFunction[];
const { available } = addon().instructionSets();

const fromBits = (bits: readonly string[]): Float32Array => new Float32Array(Uint32Array.from(bits, Number).buffer);
const hex = (values: Float32Array): string[] =>
  Array.from(
    new Uint32Array(values.buffer, values.byteOffset, values.length),
    (bits) => `0x${bits.toString(16).padStart(8, '0')}`,
  );

it('has cases for all nine functions', () => {
  expect([...names].sort()).toEqual(['cospi', 'erf', 'exp', 'expm1', 'log', 'log1p', 'sigmoid', 'sinpi', 'tanh']);
  for (const name of names) expect(functions[name].length, name).toBeGreaterThan(40);
});

describe.each(available)('%s', (isa) => {
  it.each(names)('%s is correctly rounded in the hard cases', (name) => {
    const results = addon().elementary(name, fromBits(functions[name].map(([argument]) => argument)), isa);
    expect(functions[name].map(([argument], i) => [argument, hex(results)[i]])).toEqual(functions[name]);
  });

  it.each(names)('%s gives an element the same bits at any length and alignment', (name) => {
    const cases = functions[name].slice(-40);
    for (let first = 0; first < 5; first++) {
      for (let count = 0; count <= 35; count++) {
        const all = fromBits(cases.map(([argument]) => argument));
        const results = addon().elementary(name, all.subarray(first, first + count), isa);
        expect(hex(results)).toEqual(cases.slice(first, first + count).map(([, result]) => result));
      }
    }
  });
});
