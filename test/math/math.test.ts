/** `samebits/math` on every instruction set of this machine: values, settings of the caller, and the border. */
import { cospi, erf, exp, expm1, log, log1p, sigmoid, sinpi, tanh } from 'samebits/math';
import { describe, expect, test } from 'vitest';
import { addon } from '../../dist/native/addon.js';
import elementaryGolden from '../golden/elementary.json';
import hardCases from './hard-cases.json';

const { diagnostics, instructionSets } = addon();
const { available, compiled } = instructionSets();
const functions = { exp, expm1, log, log1p, tanh, sigmoid, erf, sinpi, cospi };
const names = Object.keys(functions) as (keyof typeof functions)[];

const wordsOf = (values: Float32Array): string[] =>
  Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length), (word) =>
    word.toString(16).padStart(8, '0'),
  );
const fromWords = (words: readonly string[]): Float32Array =>
  new Float32Array(Uint32Array.from(words, (word) => Number.parseInt(word, 16)).buffer);

describe.each(available)('on %s', (isa) => {
  test.each(names)("%s gives the oracle's bits, and MPFR's where rounding is hardest", (name) => {
    const hard = hardCases.functions[name].map((pair) => pair.map((bits) => bits.slice('0x'.length)));
    const pairs = [...elementaryGolden[name], ...hard];
    expect(pairs.length).toBeGreaterThan(200);
    const x = fromWords(pairs.map(([argument]) => argument));
    const value = functions[name](x, { isa });
    value.forEach((y, i) => {
      if (Number.isNaN(y)) value[i] = Number.NaN;
    });
    expect(wordsOf(value)).toEqual(pairs.map(([, wanted]) => wanted));
  });

  test('the length of an array and the place of an element in it do not matter', () => {
    const x = Float32Array.from({ length: 67 }, (_, i) => i / 8 - 4);
    for (const name of names) {
      const whole = wordsOf(functions[name](x, { isa }));
      const oneByOne = Array.from(x, (value) => wordsOf(functions[name](Float32Array.of(value), { isa }))[0]);
      expect({ name, bits: whole }).toEqual({ name, bits: oneByOne });
    }
  });

  test("a caller's rounding mode and flush to zero are neither obeyed nor changed", () => {
    const x = Float32Array.of(-100, 1, 1e-40, -0.3);
    const usual = names.map((name) => wordsOf(functions[name](x, { isa })));
    // MXCSR or FPCR: round toward zero, flush subnormals.
    const foreign = process.arch === 'x64' ? 0xffc0 : 0x01c0_0000;
    const status = process.arch === 'x64' ? 0x3f : 0;
    const [bits, before, after] = diagnostics.withControlWord(foreign, () => {
      const wordBefore = diagnostics.controlWord();
      const results = names.map((name) => wordsOf(functions[name](x, { isa })));
      return [results, wordBefore, diagnostics.controlWord()] as const;
    });
    expect(before & ~status).toBe(foreign);
    expect(after & ~status).toBe(foreign);
    expect(bits).toEqual(usual);
    expect(usual[names.indexOf('exp')][0]).toBe('0000001b');
  });
});

test('the default instruction set is the best of this machine', () => {
  const x = Float32Array.of(0.5, 1, 2);
  expect(exp(x)).toEqual(exp(x, { isa: available[available.length - 1] }));
});

test('no numbers give no numbers', () => {
  for (const name of names) expect(functions[name](new Float32Array(0))).toEqual(new Float32Array(0));
});

test('the argument stays as it is, and the result is a fresh array', () => {
  const x = Float32Array.of(1, 2);
  const y = exp(x);
  expect(y.buffer).not.toBe(x.buffer);
  expect(x).toEqual(Float32Array.of(1, 2));
});

test('a part of an array is taken as the part', () => {
  const x = Float32Array.of(9, 0, 9).subarray(1, 2);
  expect(exp(x)).toEqual(Float32Array.of(1));
});

describe('wrong arguments', () => {
  test.each([
    ['a plain array', () => exp([1] as unknown as Float32Array), 'Expected a Float32Array for x'],
    ['a Float64Array', () => erf(new Float64Array(1) as unknown as Float32Array), 'Float64Array(1)'],
    ['nothing', () => log(undefined as unknown as Float32Array), 'for x but received undefined'],
    ['options that are none', () => tanh(new Float32Array(1), 3 as never), 'an object of options, { '],
    ['an unknown option', () => tanh(new Float32Array(1), { Isa: 'scalar' } as never), 'did you mean isa?'],
    ['an unknown instruction set', () => sinpi(new Float32Array(1), { isa: 'sse9' as never }), "'avx512'"],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT', message: expect.stringContaining(message) }),
    );
  });

  test('an instruction set that cannot run here', () => {
    const missing = (['avx512', 'neon', 'avx2'] as const).find((isa) => !available.includes(isa));
    expect(missing).toBeDefined();
    const why = compiled.includes(missing!) ? 'this machine does not have it' : 'it is not in this build';
    expect(() => exp(new Float32Array(1), { isa: missing! })).toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_ISA', message: expect.stringContaining(why) }),
    );
  });
});
