/** The golden files against the engine, below the public API: every kernel table that this machine can run. */
import { describe, expect, test } from 'vitest';
import { addon, type InstructionSet, type NativeNetwork, type TrainJob } from '../../dist/native/addon.js';
import divergingGolden from '../golden/diverging.json';
import elementaryGolden from '../golden/elementary.json';
import freeGolden from '../golden/free.json';
import networksGolden from '../golden/networks.json';
import randomGolden from '../golden/random.json';
import { type GoldenRecipe, samplesOf } from '../golden/recipes.js';
import { countersTail } from '../oracle/fingerprint.js';
import { stateNames } from '../oracle/optimizers.js';
import { arithmetic, fingerprint, Network, random } from '../oracle.js';

const native = addon();
const sets = native.instructionSets().available;
const hexOfWord = (word: number): string => word.toString(16).padStart(8, '0');

interface Expected {
  readonly weights: Record<string, string>;
  readonly state: string;
  readonly marks: Record<string, string>;
  readonly stepLosses: string[];
  readonly epochLosses: string[];
  readonly evaluateLoss: string;
  readonly evaluateAccuracy: number | null;
  readonly predictions: string;
}

interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly layer: number;
  readonly kind: 'kernel' | 'bias';
}

function tensorsOf(recipe: GoldenRecipe): Tensor[] {
  return recipe.layers.flatMap(({ units, useBias, name = '' }, layer) => {
    const inputs = layer === 0 ? recipe.inputs : recipe.layers[layer - 1].units;
    const prefix = name === '' ? `dense_${layer + 1}` : name;
    const kernel: Tensor = { name: `${prefix}/kernel`, shape: [inputs, units], layer, kind: 'kernel' };
    return useBias ? [kernel, { name: `${prefix}/bias`, shape: [units], layer, kind: 'bias' as const }] : [kernel];
  });
}

/** A network with the oracle's initial weights: initialisers have tests of their own. */
function build(recipe: GoldenRecipe, isa: InstructionSet): NativeNetwork {
  const { optimizer } = recipe;
  const network = new native.Network({
    isa,
    inputs: recipe.inputs,
    rescale: recipe.rescaling,
    layers: recipe.layers,
    loss: recipe.loss,
    optimizer:
      optimizer.name === 'adam'
        ? { kind: 'adam', ...optimizer }
        : { kind: optimizer.momentum === 0 ? 'sgd' : 'momentum', ...optimizer },
  });
  const initial = new Network(recipe).parameters;
  tensorsOf(recipe).forEach(({ layer, kind }, i) => {
    network.setParameter(layer, kind, 0, initial[i].values);
  });
  return network;
}

function weightsOf(network: NativeNetwork, recipe: GoldenRecipe): string {
  const tensors = tensorsOf(recipe).map(({ layer, kind, ...tensor }) => ({
    ...tensor,
    values: network.getParameter(layer, kind, 0),
  }));
  return fingerprint('weights', tensors);
}

/** The state's tensors and counters, by the contract's order: each parameter's slots, after all weights. */
function stateOf(network: NativeNetwork, recipe: GoldenRecipe): string {
  const slots = stateNames(recipe.optimizer);
  const tensors = tensorsOf(recipe);
  const weights = tensors.map(({ layer, kind, ...tensor }) => ({
    ...tensor,
    values: network.getParameter(layer, kind, 0),
  }));
  const state = tensors.flatMap(({ name, shape, layer, kind }) =>
    slots.map((slot, i) => ({
      name: `${name}/${slot}`,
      shape,
      values: network.getParameter(layer, kind, (i + 1) as 1 | 2),
    })),
  );
  const { steps, epochs, beta1Power, beta2Power } = network.getCounters();
  return fingerprint('state', [...weights, ...state], countersTail({ steps, epochs, p1: beta1Power, p2: beta2Power }));
}

/** Targets as the addon takes them. */
function dataOf(recipe: GoldenRecipe) {
  const { x, targets, rows } = samplesOf(recipe);
  return { x, rows, targets: targets instanceof Uint8Array ? Float32Array.from(targets) : targets };
}

/** Trains in calls of 1, 1, 3 and 15 steps, a call never passing an epoch's end where `order` says the rows. */
async function checkSteps(
  recipe: GoldenRecipe,
  expected: Expected,
  options: Pick<TrainJob, 'threads' | 'reduction' | 'plan' | 'freeGrain'> & { isa: InstructionSet; orders?: number[] },
) {
  const { isa, orders, ...execution } = options;
  const network = build(recipe, isa);
  const losses: string[] = [];
  const epochLosses: string[] = [];
  const perEpoch = Math.ceil(recipe.rows / recipe.batchSize);
  const steps = perEpoch * recipe.epochs;
  const stops = new Set([1, 2, 5, steps, ...Array.from({ length: recipe.epochs }, (_, e) => (e + 1) * perEpoch)]);
  let at = 0;
  let word = 0;
  for (const stop of [...stops].sort((a, b) => a - b)) {
    const epoch = Math.floor(at / perEpoch);
    const order = recipe.shuffle
      ? random.shuffle(recipe, epoch, recipe.rows)
      : Uint32Array.from({ length: recipe.rows }, (_, i) => i);
    const philox = recipe.shuffle && recipe.generator === 'philox';
    const from = word;
    for (let step = at; orders !== undefined && step < stop; step++) word = endOfStep(orders, word);
    const result = await network.train({
      ...dataOf(recipe),
      ...execution,
      batchSize: recipe.batchSize,
      batchLeaf: recipe.batchLeaf,
      shuffle: philox ? { key: random.keyOf(recipe.seed), stream: random.streamNumber('shuffle') } : null,
      order: philox ? null : order,
      inEpoch: true,
      maxSteps: stop - at,
      stopAtEpochEnd: true,
      maxEpochs: 1,
      maxMilliseconds: 1e9,
      stopOnNonFinite: false,
      record: false,
      replay: orders === undefined ? null : Uint32Array.from(orders.slice(from, word)),
    });
    expect(result.steps).toBe(stop - at);
    losses.push(...Array.from(result.stepLosses, arithmetic.hexOf));
    epochLosses.push(...Array.from(result.epochLosses, arithmetic.hexOf));
    at = stop;
    if (expected.weights[at] !== undefined) {
      expect({ [at]: weightsOf(network, recipe) }).toEqual({ [at]: expected.weights[at] });
    }
  }
  expect(losses).toEqual(expected.stepLosses);
  expect(epochLosses).toEqual(expected.epochLosses);
  expect(stateOf(network, recipe)).toBe(expected.state);
  return network;
}

function endOfStep(orders: readonly number[], start: number): number {
  const chains = orders[start];
  let at = start + 1;
  for (let chain = 0; chain < chains; chain++) at += 1 + orders[at];
  return at + 2 * (chains - 1);
}

describe.each(sets)('%s', (isa) => {
  test.each(Object.entries(elementaryGolden))('%s', (name, pairs) => {
    const x = Float32Array.from(pairs, ([argument]) => arithmetic.fromBits(Number.parseInt(argument, 16)));
    const values = native.elementary(name as Parameters<typeof native.elementary>[0], x, isa);
    expect(Array.from(values, (value, i) => [arithmetic.hexOf(x[i]), arithmetic.hexOf(value)])).toEqual(pairs);
  });

  test.each([...networksGolden, ...divergingGolden] as unknown as { recipe: GoldenRecipe; expected: Expected }[])(
    'network $recipe.title',
    async ({ recipe, expected }) => {
      for (const plan of ['stored', 'fused'] as const) {
        const options = { threads: plan === 'stored' ? 1 : 3, reduction: 'fixed', freeGrain: 8, plan, isa } as const;
        const network = await checkSteps(recipe, expected, options);
        const marks = tensorsOf(recipe).map(({ name, layer, kind }) => [
          name,
          native.mark(network.getParameter(layer, kind, 0)).toString(16),
        ]);
        expect(Object.fromEntries(marks)).toEqual(expected.marks);
        const { loss, hits } = await network.evaluate({ ...dataOf(recipe), threads: 2, batchLeaf: recipe.batchLeaf });
        expect(arithmetic.hexOf(loss)).toBe(expected.evaluateLoss);
        const total = recipe.rows * (recipe.loss === 'binaryCrossentropy' ? recipe.targets.columns : 1);
        if (expected.evaluateAccuracy !== null) expect(hits / total).toBe(expected.evaluateAccuracy);
        const values = await network.predict({ x: dataOf(recipe).x, rows: recipe.rows, threads: 2 });
        const shape = [recipe.rows, recipe.layers[recipe.layers.length - 1].units];
        expect(fingerprint('predictions', [{ name: 'predictions', shape, values }])).toBe(expected.predictions);
      }
    },
  );

  test.each(freeGolden.recordings as unknown as { name: string; orders: number[]; expected: Expected }[])(
    'free order, replayed: $name',
    async ({ orders, expected }) => {
      const recipe = freeGolden.recipe as unknown as GoldenRecipe;
      for (const threads of [1, 3]) {
        const { freeGrain } = freeGolden;
        await checkSteps(recipe, expected, { threads, reduction: 'free', freeGrain, plan: 'auto', isa, orders });
      }
    },
  );
});

describe('random', () => {
  test('philox words', () => {
    for (const { counter, key, words } of randomGolden.philox) {
      const [block, attempt, epoch, stream] = counter.map((word) => Number.parseInt(word, 16));
      const [k0, k1] = key.map((word) => Number.parseInt(word, 16));
      const out = new Uint32Array(4);
      native.philox([k0, k1], stream, epoch, attempt, block, out);
      expect(Array.from(out, hexOfWord)).toEqual(words);
    }
  });

  test('shuffles', () => {
    for (const { generator, seed, epoch, orders } of randomGolden.shuffles) {
      if (generator !== 'philox') continue;
      for (const order of orders) {
        const stream = random.streamNumber('shuffle');
        expect([...native.shuffle(random.keyOf(seed), stream, epoch, order.length)]).toEqual(order);
      }
    }
  });
});
