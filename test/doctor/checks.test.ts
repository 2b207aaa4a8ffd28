/** Each check is well here, and finds what is wrong where something is. */
import { describe, expect, test } from 'vitest';
import { checkArithmetic, type Operations } from '../../dist/doctor/arithmetic.js';
import { examine } from '../../dist/doctor/examine.js';
import { readGolden } from '../../dist/doctor/golden.js';
import { checkElementary, checkNetworks, checkProducts } from '../../dist/doctor/golden-checks.js';
import { checkControlWords, checkForeignCaller, checkThreads } from '../../dist/doctor/threads.js';
import { checkCompiler, checkContract, checkInstructionSets } from '../../dist/doctor/versions.js';
import { addon } from '../../dist/native/addon.js';
import { arithmetic } from '../oracle.js';

const native = addon();
const { available } = native.instructionSets();
const isa = available[available.length - 1];
const team = { isa, threads: 2 };
const golden = readGolden();
const { fround } = Math;
/** Milliseconds that the scalar kernels may take for all golden results, on a busy machine. */
const SLOW = 120_000;

describe('arithmetic', () => {
  const namesOf = async (operations: Operations): Promise<string[]> =>
    (await checkArithmetic([team], operations)).filter(({ ok }) => !ok).map(({ name }) => name);

  /** A matrix product by `step`, as a plain loop; a bias is added, or begins the chain. */
  const forwardBy =
    (step: (a: number, b: number, sum: number) => number, biasFirst = false): Operations['denseForward'] =>
    async (x, w, bias, rows, inputs, units) =>
      Float32Array.from({ length: rows * units }, (_, at) => {
        const [i, j] = [Math.floor(at / units), at % units];
        let sum = biasFirst && bias !== null ? bias[j] : 0;
        for (let k = 0; k < inputs; k++) sum = step(x[i * inputs + k], w[k * units + j], sum);
        return biasFirst || bias === null ? sum : fround(sum + bias[j]);
      });
  const apart = (a: number, b: number, sum: number): number => fround(fround(a * b) + sum);

  test('is well here, and with a plain loop over an exact fma', async () => {
    expect(await namesOf(native)).toEqual([]);
    expect(await namesOf({ ...native, denseForward: forwardBy(arithmetic.fma) })).toEqual([]);
  });

  test.each<[string, Partial<Operations>, string[]]>([
    [
      'products that are rounded before they are added, so that −0 becomes +0 too',
      { denseForward: forwardBy(apart) },
      ['fused', 'no padding'],
    ],
    ['a bias that is fused with a product', { denseForward: forwardBy(arithmetic.fma, true) }, ['not contracted']],
    [
      'a padded term',
      { denseForward: async (...args) => (await native.denseForward(...args)).map((z) => z + 0) },
      ['no padding'],
    ],
    [
      'subnormals that are flushed',
      { elementary: (...args) => native.elementary(...args).map((y) => (Math.abs(y) < 2 ** -126 ? 0 : y)) },
      ['subnormals'],
    ],
    [
      'a sum in binary64',
      { sum: async (values) => fround(values.reduce((sum, value) => sum + value, 0)) },
      ['rounding'],
    ],
    [
      'sums that are rounded toward zero',
      {
        sum: async (values) => {
          const exact = values.reduce((sum, value) => sum + value, 0);
          const nearest = fround(exact);
          return Math.abs(nearest) > Math.abs(exact) ? nearest * (1 - 2 ** -24) : nearest;
        },
      },
      ['rounding'],
    ],
    [
      'outputs that differ by their place',
      { elementary: (...args) => native.elementary(...args).map((y, i) => (i === 36 ? 0 : y)) },
      ['subnormals'],
    ],
  ])('finds %s', async (_, broken, names) => {
    expect(await namesOf({ ...native, ...broken })).toEqual(names);
  });
});

describe('golden results', () => {
  const flip = (digits: string): string => `${digits.slice(0, -1)}${digits.endsWith('0') ? '1' : '0'}`;

  test.each(available)('are computed again by %s', { timeout: SLOW }, async (one) => {
    const teams = [1, 2].map((threads) => ({ isa: one, threads }));
    expect(await checkProducts(golden.products, teams)).toMatchObject({ ok: true, found: '80 of 80 as expected' });
    // Four hashes of each network, for each team.
    const hashes = golden.networks.length * 4 * teams.length;
    const found = `${hashes} of ${hashes} as expected`;
    expect(await checkNetworks(golden.networks, teams)).toMatchObject({ ok: true, found });
    expect(checkElementary(golden.elementary, [one])).toMatchObject({ ok: true });
  });

  test('one wrong hash of a product is found', async () => {
    const [first, second] = golden.products;
    const wrong = [first, { ...second, weightGradient: flip(second.weightGradient) }];
    expect(await checkProducts(wrong, [team])).toMatchObject({
      ok: false,
      found: second.weightGradient,
      expected: flip(second.weightGradient),
      sentence: `Not as the contract has it: ${isa}, 2 threads, weightGradient of 3 × 5 × 2.`,
    });
  });

  test.each(['weights', 'state', 'evaluateLoss', 'predictions'] as const)(
    'wrong %s of a network are found',
    async (name) => {
      const [{ recipe, expected }] = golden.networks;
      const check = await checkNetworks([{ recipe, expected: { ...expected, [name]: flip(expected[name]) } }], [team]);
      expect(check).toMatchObject({
        ok: false,
        found: expected[name],
        sentence: expect.stringContaining(`${name} of the network 3-2-1`),
      });
    },
  );

  test('one wrong bit of an elementary function is found', () => {
    const { exp } = golden.elementary;
    const wrong = { ...golden.elementary, exp: { ...exp, values: flip(exp.values) } };
    const last = exp.arguments.slice(-8);
    expect(checkElementary(wrong, [isa])).toMatchObject({
      ok: false,
      found: `0x${exp.values.slice(-8)}`,
      sentence: `Not as the contract has it: ${isa}, exp of 0x${last}.`,
    });
  });

  test('nothing to compute is not well', async () => {
    expect(await checkProducts([], [team])).toMatchObject({ ok: false });
  });
});

describe('threads and control words', () => {
  const { diagnostics } = native;
  const { contractWord } = diagnostics;

  test('are well here', () => {
    expect(checkThreads(4)).toMatchObject({ ok: true });
    expect(checkControlWords(4)).toMatchObject({ ok: true });
    expect(checkForeignCaller(available, 3)).toMatchObject({ ok: true });
  });

  test('threads that are only said to be there are found', () => {
    const alone = diagnostics.teamThreads(1)[0];
    const pretending = { ...diagnostics, teamThreads: () => [alone, alone, alone] };
    expect(checkThreads(3, pretending)).toMatchObject({ ok: false, found: '1 threads', expected: '3 threads' });
  });

  test('one thread that flushes subnormals is found', () => {
    const teamThreads = (threads: number) =>
      diagnostics
        .teamThreads(threads)
        .map((one, i) => (i === 2 ? { ...one, controlWord: contractWord | 0x8000 } : one));
    expect(checkControlWords(4, { ...diagnostics, teamThreads })).toMatchObject({
      ok: false,
      sentence: expect.stringContaining('thread 2 of 4'),
    });
  });

  test('exception flags that operations have raised are no setting', () => {
    if (process.arch !== 'x64') return;
    const teamThreads = (threads: number) =>
      diagnostics.teamThreads(threads).map((one) => ({ ...one, controlWord: contractWord | 0x21 }));
    expect(checkControlWords(4, { ...diagnostics, teamThreads })).toMatchObject({ ok: true });
  });

  test("a caller's settings that are obeyed, or lost, are found", () => {
    const obeyed = { ...native, elementary: () => Float32Array.of(0) };
    expect(checkForeignCaller([isa], 2, obeyed)).toMatchObject({
      ok: false,
      found: '00000000',
    });
    const lost = { ...native, diagnostics: { ...diagnostics, controlWord: () => contractWord } };
    expect(checkForeignCaller([isa], 2, lost)).toMatchObject({
      ok: false,
      sentence: expect.stringContaining('such a caller afterwards'),
    });
  });

  test('a control word that could end the process is refused', () => {
    const traps = process.arch === 'x64' ? 0 : 0x100;
    expect(() => diagnostics.withControlWord(traps, () => 0)).toThrow(/for word/);
    expect(() => diagnostics.withControlWord(-1, () => 0)).toThrow(/for word/);
    expect(() => diagnostics.withControlWord(contractWord, 3 as never)).toThrow(/for body/);
  });

  test('an error in the body passes, and the control word is put back', () => {
    const foreign = process.arch === 'x64' ? 0xffc0 : 0x01c0_0000;
    const before = diagnostics.controlWord();
    const fail = () => {
      throw new RangeError('on purpose');
    };
    expect(() => diagnostics.withControlWord(foreign, fail)).toThrow(RangeError);
    const status = process.arch === 'x64' ? 0x3f : 0;
    expect(diagnostics.controlWord() & ~status).toBe(before & ~status);
  });
});

describe('the binary', () => {
  test('with fast math is off; without optimization it is only slow', () => {
    expect(checkCompiler()).toMatchObject({ ok: true, found: expect.stringMatching(/^(GCC|Clang) \d+\./) });
    expect(checkCompiler({ compiler: 'GCC 1', optimized: true, fastMath: true })).toMatchObject({ ok: false });
    expect(checkCompiler({ compiler: 'GCC 1', optimized: false, fastMath: false })).toMatchObject({
      ok: true,
      sentence: expect.stringContaining('slow'),
    });
  });

  test('of another contract is off', () => {
    expect(checkContract(native.contract)).toMatchObject({ ok: true });
    expect(checkContract(native.contract + 1)).toMatchObject({ ok: false, sentence: expect.stringContaining('again') });
  });

  test('runs with an instruction set that is there', () => {
    expect(checkInstructionSets(isa)).toMatchObject({ ok: true });
    const foreign = process.arch === 'x64' ? 'neon' : 'avx2';
    expect(checkInstructionSets(foreign)).toMatchObject({ ok: false });
  });
});

test('an aborted examination ends with the reason', async () => {
  const reason = new Error('enough');
  await expect(examine({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});
