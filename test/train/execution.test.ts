import { availableParallelism } from 'node:os';
import { type ExecutionOptions, setDeterministic } from 'samebits';
import { afterEach, describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';
import { compiledClassifier, failure, labels, x } from './problem.js';

const VARIABLES = ['SAMEBITS_THREADS', 'SAMEBITS_REDUCTION', 'SAMEBITS_DETERMINISTIC', 'SAMEBITS_ISA'];

afterEach(() => {
  for (const variable of VARIABLES) delete process.env[variable];
  setDeterministic(undefined);
});

async function executed(options: ExecutionOptions = {}) {
  return (await compiledClassifier().fit(x, labels, options)).execution;
}

describe('execution', () => {
  it('is by default in fixed order, on all cores, on the best instruction set', async () => {
    const { available } = addon().instructionSets();
    expect(await executed()).toEqual({
      threads: Math.min(availableParallelism(), 256),
      reduction: 'fixed',
      isa: available[available.length - 1],
      deterministic: false,
      plan: 'auto',
    });
  });

  it('comes from the environment where no option says it', async () => {
    Object.assign(process.env, { SAMEBITS_THREADS: '3', SAMEBITS_REDUCTION: 'free', SAMEBITS_ISA: 'scalar' });
    expect(await executed()).toMatchObject({ threads: 3, reduction: 'free', isa: 'scalar' });
    expect(await executed({ threads: 1, reduction: 'fixed', isa: 'auto' })).toMatchObject({
      threads: 1,
      reduction: 'fixed',
      isa: addon().instructionSets().available.at(-1),
    });
  });

  it('is deterministic by option, by setDeterministic, by the environment, in this order', async () => {
    process.env.SAMEBITS_DETERMINISTIC = '1';
    expect((await executed()).deterministic).toBe(true);
    setDeterministic(false);
    expect((await executed()).deterministic).toBe(false);
    expect((await executed({ deterministic: true })).deterministic).toBe(true);
    setDeterministic(true);
    process.env.SAMEBITS_DETERMINISTIC = 'false';
    expect((await executed()).deterministic).toBe(true);
    expect((await executed({ deterministic: false, reduction: 'free' })).deterministic).toBe(false);
    setDeterministic(undefined);
    expect((await executed()).deterministic).toBe(false);
  });

  it.each<[string, string, string]>([
    ['SAMEBITS_THREADS', 'x', 'an integer from 1 to 256 for SAMEBITS_THREADS but received "x"'],
    ['SAMEBITS_THREADS', '0', 'an integer from 1 to 256 for SAMEBITS_THREADS but received 0'],
    ['SAMEBITS_THREADS', '1.5', 'for SAMEBITS_THREADS but received "1.5"'],
    ['SAMEBITS_REDUCTION', 'fast', "one of 'fixed', 'free' for SAMEBITS_REDUCTION but received \"fast\""],
    ['SAMEBITS_DETERMINISTIC', 'yes', '1, true, 0 or false for SAMEBITS_DETERMINISTIC but received "yes"'],
    ['SAMEBITS_ISA', 'sse9', "one of 'auto', 'scalar'"],
  ])('refuses %s=%s', async (variable, value, message) => {
    process.env[variable] = value;
    const { code, message: received } = await failure(() => executed());
    expect(code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(received).toContain(message);
  });

  it.each([0, -1, 1.5, 257, 10_000, Number.NaN, 'x', null])('refuses %s threads', async (threads) => {
    const uses = [
      () => compiledClassifier().fit(x, labels, { threads: threads as number }),
      () => compiledClassifier().trainOnBatch(x, labels, { threads: threads as number }),
      () => compiledClassifier().evaluate(x, labels, { threads: threads as number }),
      () => compiledClassifier().predict(x, { threads: threads as number }),
      () => compiledClassifier().predictSync(x, { threads: threads as number }),
    ];
    for (const use of uses) {
      const { code, message } = await failure(use);
      expect(code).toBe('ERR_SAMEBITS_ARGUMENT');
      expect(message).toContain('Expected an integer from 1 to 256 for ');
    }
  });

  it('says which instruction sets can run here', async () => {
    const { available } = addon().instructionSets();
    const absent = (['neon', 'avx2'] as const).find((isa) => !available.includes(isa));
    if (absent === undefined) throw new Error('no machine has both NEON and AVX2');
    const { code, message } = await failure(() => executed({ isa: absent }));
    expect(code).toBe('ERR_SAMEBITS_ISA');
    expect(message).toContain(available.join(', '));
  });
});

describe('deterministic: true', () => {
  it('refuses free order, unless it is replayed', async () => {
    const free = { reduction: 'free', threads: 2 } as const;
    const { code, message } = await failure(() => executed({ ...free, deterministic: true }));
    expect(code).toBe('ERR_SAMEBITS_NOT_DETERMINISTIC');
    expect(message).toContain('in the order in which threads arrive');
    const { recording } = await compiledClassifier().fit(x, labels, { ...free, record: true });
    const replay = recording ?? undefined;
    const run = await compiledClassifier().fit(x, labels, { ...free, replay, deterministic: true });
    expect(run.execution.deterministic).toBe(true);
    const step = () => compiledClassifier().trainOnBatch(x, labels, { ...free, deterministic: true });
    expect((await failure(step)).code).toBe('ERR_SAMEBITS_NOT_DETERMINISTIC');
  });

  it('refuses a seed that was drawn, until one is given', async () => {
    const model = compiledClassifier({ seed: undefined });
    const { code, message } = await failure(() => model.fit(x, labels, { deterministic: true }));
    expect(code).toBe('ERR_SAMEBITS_NOT_DETERMINISTIC');
    expect(message).toContain('pass seed to sequential()');
    await model.clone({ seed: model.seed }).fit(x, labels, { deterministic: true });
    expect((await failure(() => model.clone().fit(x, labels, { deterministic: true }))).code).toBe(code);
  });

  it('is true or false', () => {
    expect(() => setDeterministic('yes' as never)).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT' }));
  });
});
