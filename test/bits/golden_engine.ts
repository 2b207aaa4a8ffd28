/**
 * The golden files against the engine, below the public API, on one kernel table. Plain assertions without a test
 * runner: so that any build can be checked under any Node, an emulated one too (see golden_engine.run.ts).
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { Addon } from '../../dist/native/addon.js';
import type { InstructionSet } from '../../dist/native/instruction-set.js';
import type { NativeNetwork, TrainJob } from '../../dist/native/network.js';
import divergingGolden from '../golden/diverging.json';
import elementaryGolden from '../golden/elementary.json';
import freeGolden from '../golden/free.json';
import { floats } from '../golden/made-up.js';
import networksGolden from '../golden/networks.json';
import productsGolden from '../golden/products.json';
import randomGolden from '../golden/random.json';
import type { GoldenRecipe } from '../golden/recipes.js';
import { bytesOf, countersTail } from '../oracle/fingerprint.js';
import { stateNames } from '../oracle/optimizers.js';
import { observing } from '../oracle/schedules.js';
import { arithmetic, fingerprint, nameOf, random } from '../oracle.js';
import { build, dataOf, jobOf, tensorsOf } from './golden_network.js';

export interface Check {
  readonly title: string;
  /** Throws an AssertionError where bits differ. */
  run(): void | Promise<void>;
}

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

type Golden = { readonly recipe: GoldenRecipe; readonly expected: Expected };
type Recording = { readonly name: string; readonly orders: number[]; readonly expected: Expected };

/** Everything that depends on the kernel table. */
export function tableChecks(native: Addon, isa: InstructionSet): Check[] {
  const networks = [...networksGolden, ...divergingGolden] as unknown as Golden[];
  const recordings = freeGolden.recordings as unknown as Recording[];
  return [
    ...Object.entries(elementaryGolden).map(([name, pairs]) => ({
      title: name,
      run: () => checkElementary(native, isa, name as Parameters<Addon['elementary']>[0], pairs),
    })),
    ...productsGolden.map((golden) => ({
      title: `products of ${golden.rows} x ${golden.inputs} x ${golden.units}`,
      run: () => checkProducts(native, isa, golden),
    })),
    ...networks.map((golden) => ({
      title: `network ${golden.recipe.title}`,
      run: () => checkNetwork(native, isa, golden),
    })),
    ...recordings.map((recording) => ({
      title: `free order, replayed: ${recording.name}`,
      run: () => checkReplay(native, isa, recording),
    })),
  ];
}

/** What no kernel table has a part in. */
export function randomChecks(native: Addon): Check[] {
  return [
    { title: 'philox words', run: () => checkPhilox(native) },
    { title: 'shuffles', run: () => checkShuffles(native) },
  ];
}

function checkElementary(
  native: Addon,
  isa: InstructionSet,
  name: Parameters<Addon['elementary']>[0],
  pairs: string[][],
): void {
  const x = Float32Array.from(pairs, ([argument]) => arithmetic.fromBits(Number.parseInt(argument, 16)));
  const values = native.elementary(name, x, isa);
  assert.deepEqual(
    Array.from(values, (value, i) => [arithmetic.hexOf(x[i]), arithmetic.hexOf(value)]),
    pairs,
  );
}

async function checkProducts(
  native: Addon,
  isa: InstructionSet,
  { rows, inputs, units, ...expected }: (typeof productsGolden)[number],
): Promise<void> {
  const options = { isa, threads: 2, reduction: 'fixed', batchLeaf: 64, freeGrain: 8 } as const;
  const hash = (values: Float32Array): string => createHash('sha256').update(bytesOf(values)).digest('hex');
  const [x, w] = [floats(rows * inputs, 1), floats(inputs * units, 2)];
  const [b, dz] = [floats(units, 3), floats(rows * units, 4)];
  const backward = await native.denseBackward(x, w, dz, rows, inputs, units, options);
  const sums = Array.from({ length: rows }, (_, row) => native.sum(x.slice(row * inputs, (row + 1) * inputs), options));
  assert.deepEqual(
    {
      forward: hash(await native.denseForward(x, w, b, rows, inputs, units, 'linear', options)),
      inputGradient: hash(backward.inputGradient),
      weightGradient: hash(backward.weightGradient),
      biasGradient: hash(backward.biasGradient),
      rowSums: hash(Float32Array.from(await Promise.all(sums))),
    },
    expected,
  );
}

async function checkNetwork(native: Addon, isa: InstructionSet, { recipe, expected }: Golden): Promise<void> {
  for (const plan of ['stored', 'fused'] as const) {
    const options = { threads: plan === 'stored' ? 1 : 3, reduction: 'fixed', freeGrain: 8, plan, isa } as const;
    const network = await checkSteps(native, recipe, expected, options);
    const marks = tensorsOf(recipe).map(({ name, layer, kind }) => [name, network.mark(layer, kind, 0).toString(16)]);
    assert.deepEqual(Object.fromEntries(marks), expected.marks);
    const { loss, hits } = await network.evaluate({ ...dataOf(recipe), threads: 2, batchLeaf: recipe.batchLeaf });
    assert.equal(arithmetic.hexOf(loss), expected.evaluateLoss);
    const total = recipe.rows * (nameOf(recipe.loss) === 'binaryCrossentropy' ? recipe.targets.columns : 1);
    if (expected.evaluateAccuracy !== null) assert.equal(hits / total, expected.evaluateAccuracy);
    const values = await network.predict({ x: dataOf(recipe).x, rows: recipe.rows, threads: 2 });
    const shape = [recipe.rows, recipe.targets.columns];
    assert.equal(fingerprint('predictions', [{ name: 'predictions', shape, values }]), expected.predictions);
  }
}

async function checkReplay(native: Addon, isa: InstructionSet, { orders, expected }: Recording): Promise<void> {
  const recipe = freeGolden.recipe as unknown as GoldenRecipe;
  for (const threads of [1, 3]) {
    const { freeGrain } = freeGolden;
    await checkSteps(native, recipe, expected, { threads, reduction: 'free', freeGrain, plan: 'auto', isa, orders });
  }
}

/** Trains in calls of 1, 1, 3 and 15 steps, a call never passing an epoch's end where `order` says the rows. */
async function checkSteps(
  native: Addon,
  recipe: GoldenRecipe,
  expected: Expected,
  options: Pick<TrainJob, 'threads' | 'reduction' | 'plan' | 'freeGrain'> & { isa: InstructionSet; orders?: number[] },
): Promise<NativeNetwork> {
  const { isa, orders, ...execution } = options;
  const network = build(native, recipe, isa);
  const losses: string[] = [];
  const epochLosses: string[] = [];
  const perEpoch = Math.ceil(recipe.rows / recipe.batchSize);
  const steps = perEpoch * recipe.epochs;
  const stops = new Set([1, 2, 5, steps, ...Array.from({ length: recipe.epochs }, (_, e) => (e + 1) * perEpoch)]);
  let at = 0;
  let word = 0;
  for (const stop of [...stops].sort((a, b) => a - b)) {
    const epoch = Math.floor(at / perEpoch);
    const from = word;
    for (let step = at; orders !== undefined && step < stop; step++) word = endOfStep(orders, word);
    const result = await network.train({
      ...jobOf(recipe, epoch),
      ...execution,
      maxSteps: stop - at,
      marks: true,
      replay: orders === undefined ? null : Uint32Array.from(orders.slice(from, word)),
    });
    assert.equal(result.steps, stop - at);
    losses.push(...Array.from(result.stepLosses, arithmetic.hexOf));
    epochLosses.push(...Array.from(result.epochLosses, arithmetic.hexOf));
    // Only the loss is monitored there.
    if (observing(recipe.optimizer.learningRate) !== null) for (const loss of result.epochLosses) network.observe(loss);
    const tensors = tensorsOf(recipe);
    const marks = tensors.map(({ layer, kind }) => network.mark(layer, kind, 0));
    assert.deepEqual([...(result.marks ?? [])].slice(-tensors.length), marks);
    at = stop;
    if (expected.weights[at] !== undefined) {
      assert.deepEqual({ [at]: weightsOf(network, recipe) }, { [at]: expected.weights[at] });
    }
  }
  assert.deepEqual(losses, expected.stepLosses);
  assert.deepEqual(epochLosses, expected.epochLosses);
  assert.equal(stateOf(network, recipe), expected.state);
  return network;
}

function endOfStep(orders: readonly number[], start: number): number {
  const chains = orders[start];
  let at = start + 1;
  for (let chain = 0; chain < chains; chain++) at += 1 + orders[at];
  return at + 2 * (chains - 1);
}

function weightTensors(network: NativeNetwork, recipe: GoldenRecipe) {
  return tensorsOf(recipe).map(({ layer, kind, ...tensor }) => ({
    ...tensor,
    values: network.getParameter(layer, kind, 0),
  }));
}

function weightsOf(network: NativeNetwork, recipe: GoldenRecipe): string {
  return fingerprint('weights', weightTensors(network, recipe));
}

/** The state's tensors and counters, by the contract's order: each parameter's slots, after all weights. */
function stateOf(network: NativeNetwork, recipe: GoldenRecipe): string {
  const slots = stateNames(recipe.optimizer);
  const state = tensorsOf(recipe).flatMap(({ name, shape, layer, kind }) =>
    (kind.startsWith('moving') ? [] : slots).map((slot, i) => ({
      name: `${name}/${slot}`,
      shape,
      values: network.getParameter(layer, kind, (i + 1) as 1 | 2),
    })),
  );
  const { steps, epochs, beta1Power, beta2Power, plateau } = network.getCounters();
  const tail = countersTail({ steps, epochs, p1: beta1Power, p2: beta2Power, ...(plateau && { plateau }) });
  return fingerprint('state', [...weightTensors(network, recipe), ...state], tail);
}

function checkPhilox(native: Addon): void {
  for (const { counter, key, words } of randomGolden.philox) {
    const [block, attempt, epoch, stream] = counter.map((word) => Number.parseInt(word, 16));
    const [k0, k1] = key.map((word) => Number.parseInt(word, 16));
    const out = new Uint32Array(4);
    native.philox([k0, k1], stream, epoch, attempt, block, out);
    assert.deepEqual(
      Array.from(out, (word) => word.toString(16).padStart(8, '0')),
      words,
    );
  }
}

function checkShuffles(native: Addon): void {
  for (const { generator, seed, epoch, orders } of randomGolden.shuffles) {
    if (generator !== 'philox') continue;
    for (const order of orders) {
      const stream = random.streamNumber('shuffle');
      assert.deepEqual([...native.shuffle(random.keyOf(seed), stream, epoch, order.length)], order);
    }
  }
}
