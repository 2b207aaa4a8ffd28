import { CAUSES, type Cause, type CauseName, why } from 'samebits';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base, Folders } from './folders.js';

const folders = new Folders();
let a: string;
beforeAll(async () => {
  a = await folders.make('a', base);
});
afterAll(() => folders.remove());

/** Tables want indices, and noise its layers: layers.test.ts and noise.test.ts have them. */
type Elsewhere = 'threads' | 'isa' | 'freeGrain' | 'epochs' | 'embeddingsInitializer' | 'gaussianNoise';

/** Another level of every cause, and where it shows first: step, kind of operation, place. */
const PLANTED: Readonly<Record<Exclude<CauseName, Elsewhere>, readonly unknown[]>> = {
  seed: [43, 0, 'weights', 'dense_1/kernel'],
  initialWeights: [43, 0, 'weights', 'dense_1/kernel'],
  initializer: ['heUniform', 0, 'weights', 'dense_1/kernel'],
  generator: ['alea', 0, 'weights', 'dense_1/kernel'],
  dataOrder: [43, 1, 'order', 'batch'],
  shuffle: [false, 1, 'order', 'batch'],
  batchSize: [20, 1, 'order', 'batch'],
  classWeights: [{ 0: 2 }, 1, 'outputGradient', 'dense_3'],
  dropoutMasks: [43, 1, 'mask', 'dropout_1'],
  dropoutRate: [0.5, 1, 'mask', 'dropout_1'],
  l1: [0.1, 1, 'gradient', 'dense_1/kernel'],
  l2: [0.1, 1, 'gradient', 'dense_1/kernel'],
  optimizer: [{ name: 'rmsprop', rho: 0.9, momentum: 0 }, 1, 'weights', 'dense_1/kernel'],
  epsilon: [0.01, 1, 'weights', 'dense_1/kernel'],
  weightDecay: [0.1, 1, 'weights', 'dense_1/kernel'],
  learningRate: [0.01, 1, 'weights', 'dense_1/kernel'],
  width: [7, 0, 'weights', 'dense_1/kernel'],
  depth: [3, 0, 'weights', 'dense_3/kernel'],
  activation: ['relu', 1, 'forward', 'dense_1'],
  rows: [30, 1, 'order', 'batch'],
  dataSubset: [5, 1, 'data', 'batch'],
  dataSeed: [2, 1, 'data', 'batch'],
  reduction: ['free', 1, 'gradient', expect.any(String)],
  batchLeaf: [2, 1, 'gradient', expect.any(String)],
  flippedBit: [{ tensor: 'dense_2/kernel', index: 17, bit: 3 }, 0, 'weights', 'dense_2/kernel'],
  hardware: [['noFma'], 1, expect.any(String), expect.any(String)],
};

function withLevel(name: CauseName, level: unknown) {
  return (CAUSES[name] as Cause).write(base, level);
}

const read = (name: string): unknown => (CAUSES[name as CauseName] as Cause).read(base);

describe('why, seeing only two folders,', () => {
  it.each(Object.entries(PLANTED))('finds %s', async (name, [level, step, kind, place]) => {
    const record = name === 'reduction' ? { record: true } : {};
    const b = await folders.make(name, withLevel(name as CauseName, level), record);
    const { verdict, factors, parting, swaps, sentence } = await why(a, b);
    expect(verdict, sentence).toBe('explained');
    const others = factors.filter(({ effect }) => effect !== 'explains');
    expect(factors.filter((factor) => !others.includes(factor))).toMatchObject([{ name, a: read(name), b: level }]);
    // Emulated hardware is executed by scalar code.
    expect(others).toEqual(name === 'hardware' ? others.filter((other) => other.name === 'isa') : []);
    expect(parting).toMatchObject({ step, seenIn: 'execution', operation: { kind, place } });
    expect(swaps.at(-1)).toMatchObject({ factor: name, held: [], equal: true });
    expect(sentence).toContain(CAUSES[name as CauseName].title);
  });

  it.each([
    ['threads', 3],
    ['isa', 'scalar'],
  ] as const)('finds that %s changes no bit in fixed order', async (name, level) => {
    const b = await folders.make(name, withLevel(name, level));
    const { verdict, factors, parting } = await why(a, b);
    expect({ verdict, parting }).toEqual({ verdict: 'equal', parting: null });
    const found = factors.find((factor) => factor.name === name);
    // The best instruction set of this machine may be this one.
    if (name === 'threads') expect(found).toMatchObject({ effect: 'none' });
  });

  it('finds the shorter run to be the beginning of the longer one', async () => {
    const b = await folders.make('epochs', withLevel('epochs', 3));
    const { verdict, factors, equalUpTo, sentence } = await why(a, b);
    expect({ verdict, equalUpTo }).toEqual({ verdict: 'equal', equalUpTo: 8 });
    expect(factors).toMatchObject([{ name: 'epochs', a: 2, b: 3, effect: 'explains' }]);
    expect(sentence).toContain('as far as both went');
  });
});
