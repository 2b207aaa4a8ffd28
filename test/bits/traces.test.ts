/** What traces and resumed runs take from the engine: marks of every step, gradients, and where an epoch stands. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';
import type { EpochState, NativeNetwork, Slot, TrainJob } from '../../dist/native/network.js';
import { divergingRecipes, type GoldenRecipe, recipes, samplesOf } from '../golden/recipes.js';
import { regularizedRecipes } from '../golden/regularized.js';
import { bytesOf } from '../oracle/fingerprint.js';
import { stateNames } from '../oracle/optimizers.js';
import { hasAccuracy, Network, nameOf } from '../oracle.js';
import { build, jobOf, tensorsOf } from './golden_network.js';

const native = addon();
const { available } = native.instructionSets();
const best = available[available.length - 1];

const nesterov = { name: 'sgd', learningRate: 0.05, momentum: 0.9, nesterov: true } as const;
const hash = (values: Float32Array): string => createHash('sha256').update(bytesOf(values)).digest('hex');

/** Every optimizer, l2, dropout, batches of one row and odd last ones, weights that become NaN; none of them large. */
const CASES = [
  ...recipes.slice(0, 4),
  { ...recipes[8], title: '5-1, Nesterov', optimizer: nesterov },
  ...regularizedRecipes.filter(({ layers }) => layers.every((layer) => layer.kind !== undefined || layer.units < 300)),
  divergingRecipes[1],
].map((recipe) => ({
  title: recipe.title,
  recipe: { ...recipe, epochs: 2 },
}));

/** After each step, by the oracle. */
interface Step {
  readonly marks: bigint[];
  readonly gradients: string[];
}

function oracleSteps(recipe: GoldenRecipe): { steps: Step[]; epochs: { loss: number; accuracy: number | null }[] } {
  const network = new Network(recipe);
  const names = tensorsOf(recipe).map(({ name }) => name);
  const steps: Step[] = [];
  const epochs = network.fit(samplesOf(recipe), {
    ...recipe,
    onStep: () => {
      const [marks, gradients] = [network.marks(), network.gradients()];
      steps.push({ marks: names.map((name) => marks[name]), gradients: names.map((name) => hash(gradients[name])) });
    },
  });
  return { steps, epochs };
}

function stateOf(network: NativeNetwork, recipe: GoldenRecipe): unknown {
  const slots = [0, 1, 2].slice(0, 1 + stateNames(recipe.optimizer).length) as Slot[];
  const values = tensorsOf(recipe).flatMap(({ layer, kind }) =>
    slots.map((slot) => hash(network.getParameter(layer, kind, slot))),
  );
  return { values, counters: network.getCounters() };
}

describe.each(CASES)('$title', ({ recipe }) => {
  const { steps, epochs } = oracleSteps(recipe);
  const expectedMarks = steps.flatMap(({ marks }) => marks);
  const tensors = tensorsOf(recipe);

  it.each(available)('has the marks of the contract on %s, after each step', async (isa) => {
    for (const plan of ['stored', 'fused'] as const) {
      for (const threads of [1, 2, 3, 5]) {
        const network = build(native, recipe, isa);
        const marks: bigint[] = [];
        for (let epoch = 0; epoch < recipe.epochs; epoch++) {
          marks.push(...((await network.train({ ...jobOf(recipe, epoch), plan, threads, marks: true })).marks ?? []));
        }
        expect(marks, `${plan}, ${threads} threads`).toEqual(expectedMarks);
        for (const { layer, kind } of tensors) {
          for (const slot of [0, ...stateNames(recipe.optimizer).map((_, i) => i + 1)] as Slot[]) {
            expect(network.mark(layer, kind, slot)).toBe(
              native.reference.mark(network.getParameter(layer, kind, slot)),
            );
          }
        }
      }
    }
  });

  it.each(available)('gives the gradients of a stored step on %s', async (isa) => {
    const network = build(native, recipe, isa);
    const job: Partial<TrainJob> = { plan: 'stored', threads: 3, maxSteps: 1 };
    for (const { gradients } of steps) {
      await network.train({ ...jobOf(recipe, network.getCounters().epochs), ...job });
      expect(tensors.map(({ layer, kind }) => hash(network.getGradient(layer, kind)))).toEqual(gradients);
    }
  });

  it('goes on in another network from any step of an epoch', async () => {
    const whole = build(native, recipe, best);
    for (let epoch = 0; epoch < recipe.epochs; epoch++) await whole.train(jobOf(recipe, epoch));
    for (let stop = 1; stop < steps.length; stop++) {
      let network = build(native, recipe, available[0]);
      const losses: number[] = [];
      const hits: number[] = [];
      const marks: bigint[] = [];
      for (let step = 0; step < steps.length; ) {
        if (step === stop) network = copyOf(network, recipe);
        const maxSteps = (step < stop ? stop : steps.length) - step;
        const job = {
          ...jobOf(recipe, network.getCounters().epochs),
          threads: step < stop ? 3 : 2,
          maxSteps,
          marks: true,
        };
        const result = await network.train(job);
        losses.push(...result.epochLosses);
        hits.push(...result.epochHits);
        marks.push(...(result.marks ?? []));
        step += result.steps;
      }
      expect(marks).toEqual(expectedMarks);
      expect(stateOf(network, recipe), `stopped after step ${stop}`).toEqual(stateOf(whole, recipe));
      expect(losses).toEqual(epochs.map(({ loss }) => loss));
      const total = recipe.rows * (nameOf(recipe.loss) === 'binaryCrossentropy' ? recipe.targets.columns : 1);
      expect(hits.map((count) => (hasAccuracy(recipe.loss) ? count / total : null))).toEqual(
        epochs.map(({ accuracy }) => accuracy),
      );
    }
  });
});

/** Another network with all that the first one knows, through plain data. */
function copyOf(network: NativeNetwork, recipe: GoldenRecipe): NativeNetwork {
  const made = build(native, recipe, best);
  for (const { layer, kind } of tensorsOf(recipe)) {
    for (const slot of [0, ...stateNames(recipe.optimizer).map((_, i) => i + 1)] as Slot[]) {
      made.setParameter(layer, kind, slot, network.getParameter(layer, kind, slot));
    }
  }
  made.setCounters(network.getCounters());
  made.setEpoch(structuredClone(network.getEpoch()));
  return made;
}

describe('marks', () => {
  it('are those of row-major values on every instruction set', () => {
    for (const isa of available) {
      for (const count of [0, 1, 2, 15, 16, 17, 31, 33, 100, 1000]) {
        const values = Float32Array.from({ length: count }, (_, i) => [Math.sin(i), -0, 1e-42, -Infinity, NaN][i % 5]);
        expect(native.mark(values, isa), `${count} values, ${isa}`).toBe(native.reference.mark(values));
      }
    }
  });

  it('are null unless they are asked for', async () => {
    const [recipe] = recipes;
    const network = build(native, recipe, best);
    expect((await network.train(jobOf(recipe, 0))).marks).toBeNull();
    await expect(async () =>
      network.train({ ...jobOf(recipe, 1), marks: 1 as unknown as boolean }),
    ).rejects.toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
  });

  it.each([
    [2, 'kernel', 0],
    [-1, 'kernel', 0],
    [0, 'weights', 0],
    [0, 'kernel', 3],
    [0, 'kernel', 2],
  ])('of layer %s, %s, slot %s there are none', (layer, kind, slot) => {
    const network = build(native, recipes[0], best);
    expect(() => network.mark(layer, kind as 'kernel', slot as Slot)).toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT' }),
    );
  });
});

describe('gradients', () => {
  const [recipe] = recipes;
  const noGradient = expect.objectContaining({ code: 'ERR_SAMEBITS_STATE' });

  it('are there only after a stored step', async () => {
    const network = build(native, recipe, best);
    expect(() => network.getGradient(0, 'kernel')).toThrow(noGradient);
    await network.train({ ...jobOf(recipe, 0), plan: 'stored' });
    expect(network.getGradient(0, 'kernel')).toHaveLength(tensorsOf(recipe)[0].shape.reduce((a, b) => a * b));
    await network.train({ ...jobOf(recipe, 1), plan: 'fused' });
    expect(() => network.getGradient(0, 'kernel')).toThrow(noGradient);
    network.dispose();
    expect(() => network.getGradient(0, 'kernel')).toThrow(noGradient);
  });

  it.each([
    [2, 'kernel'],
    [0, 'weights'],
    [Number.NaN, 'bias'],
  ])('of layer %s, %s there are none', async (layer, kind) => {
    const network = build(native, recipe, best);
    await network.train({ ...jobOf(recipe, 0), plan: 'stored' });
    expect(() => network.getGradient(layer, kind as 'bias')).toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT' }),
    );
  });
});

describe('the state of an epoch', () => {
  const recipe = recipes[1]; // 23 rows
  const SUMS: EpochState = { position: 23 - 5, hits: 0, batchLeaf: 4, lossSums: Float32Array.of(1, 2) };

  it('is checked when it is set', () => {
    const network = build(native, recipe, best);
    network.setEpoch(SUMS); // 18 rows: 4 leaves are one subtree, and 2 rows are open
    expect(network.getEpoch()).toEqual(SUMS);
    const bad: [unknown, string][] = [
      [null, 'ERR_SAMEBITS_ARGUMENT'],
      [{}, 'ERR_SAMEBITS_ARGUMENT'],
      ...[-1, 0.5, Number.NaN, Infinity, 2 ** 32, '3', undefined].map((position): [unknown, string] => [
        { ...SUMS, position },
        'ERR_SAMEBITS_ARGUMENT',
      ]),
      ...[-1, 0.5, Number.NaN, SUMS.position + 1].map((hits): [unknown, string] => [
        { ...SUMS, hits },
        'ERR_SAMEBITS_ARGUMENT',
      ]),
      ...[0, -4, Number.NaN, 2 ** 40].map((batchLeaf): [unknown, string] => [
        { ...SUMS, batchLeaf },
        'ERR_SAMEBITS_ARGUMENT',
      ]),
      [{ ...SUMS, lossSums: [1, 2] }, 'ERR_SAMEBITS_ARGUMENT'],
      [{ ...SUMS, lossSums: Float64Array.of(1, 2) }, 'ERR_SAMEBITS_ARGUMENT'],
      [{ ...SUMS, lossSums: Float32Array.of(1) }, 'ERR_SAMEBITS_SHAPE'],
      [{ ...SUMS, lossSums: Float32Array.of(1, 2, 3) }, 'ERR_SAMEBITS_SHAPE'],
      [{ ...SUMS, batchLeaf: 18 }, 'ERR_SAMEBITS_SHAPE'],
      [{ ...SUMS, position: 0 }, 'ERR_SAMEBITS_SHAPE'],
    ];
    for (const [state, code] of bad) {
      expect(() => network.setEpoch(state as EpochState), JSON.stringify(state)).toThrow(
        expect.objectContaining({ code }),
      );
    }
    expect(network.getEpoch()).toEqual(SUMS);
  });

  it('fits the data and the leaf of the next call, or it says so', async () => {
    const network = build(native, recipe, best);
    const job = { ...jobOf(recipe, 0), batchLeaf: 4 };
    network.setEpoch(SUMS);
    await expect(async () => network.train({ ...job, batchLeaf: 5 })).rejects.toMatchObject({
      code: 'ERR_SAMEBITS_ARGUMENT',
    });
    for (const rows of [18, 17, 1]) {
      await expect(async () => network.train({ ...job, rows })).rejects.toMatchObject({ code: 'ERR_SAMEBITS_SHAPE' });
    }
    // A step out of the epoch does not mind, and leaves it alone.
    await network.train({ ...job, rows: 7, batchLeaf: 5, inEpoch: false, shuffle: null });
    expect(network.getEpoch()).toEqual(SUMS);
    const { steps, epochHits } = await network.train(job);
    expect([steps, [...epochHits]]).toEqual([Math.ceil(5 / recipe.batchSize), [0]]);
    expect(network.getEpoch().position).toBe(0);
  });

  it('keeps what is not finite', async () => {
    const network = build(native, recipe, best);
    const lossSums = Float32Array.of(Number.NaN, -Infinity);
    network.setEpoch({ ...SUMS, lossSums });
    expect(network.getEpoch().lossSums).toEqual(lossSums);
    expect((await network.train({ ...jobOf(recipe, 0), batchLeaf: 4 })).epochLosses).toEqual(Float32Array.of(NaN));
  });

  it('is refused while the network trains or predicts, and when it is disposed', async () => {
    const network = build(native, recipe, best);
    const busy = expect.objectContaining({ code: 'ERR_SAMEBITS_BUSY' });
    const running = network.train(jobOf(recipe, 0));
    expect(() => network.setEpoch(SUMS)).toThrow(busy);
    expect(() => network.getEpoch()).toThrow(busy);
    expect(() => network.mark(0, 'kernel', 0)).toThrow(busy);
    expect(() => network.getGradient(0, 'kernel')).toThrow(busy);
    await running;
    network.dispose();
    const gone = expect.objectContaining({ code: 'ERR_SAMEBITS_STATE' });
    expect(() => network.setEpoch(SUMS)).toThrow(gone);
    expect(() => network.getEpoch()).toThrow(gone);
    expect(() => network.mark(0, 'kernel', 0)).toThrow(gone);
  });
});
