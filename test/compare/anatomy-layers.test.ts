/** A step that is taken apart, operation by operation, against the oracle: each golden network, whatever its layers are. */
import type { Emulation, Recipe } from 'samebits';
import { describe, expect, it } from 'vitest';
import type { Operation } from '../../dist/compare/anatomy/operation.js';
import { passOperations } from '../../dist/compare/anatomy/pass.js';
import { shareData } from '../../dist/compare/data.js';
import { firstDifferingIndex } from '../../dist/compare/distances.js';
import { addon } from '../../dist/native/addon.js';
import { build, dataOf } from '../bits/golden_model.js';
import networks from '../golden/networks.json';
import { type GoldenRecipe, samplesOf } from '../golden/recipes.js';
import { penaltyOf } from '../oracle/updates.js';
import { arithmetic, Network, type Samples } from '../oracle.js';

const { available } = addon().instructionSets();
const golden = (networks as unknown as { recipe: GoldenRecipe }[]).map(({ recipe }) => recipe);

/** Of a batch. */
const MOST_ROWS = 11;

/** The rows of a batch, from `first` on. */
function rowsFrom(samples: Samples, first: number, rows: number): Samples {
  const { x, targets, weights } = samples;
  const part = <T extends Float32Array | Uint32Array | Uint8Array>(of: T): T => {
    const width = of.length / samples.rows;
    return of.slice(first * width, (first + rows) * width) as T;
  };
  return { rows, x: part(x), targets: part(targets), ...(weights === undefined ? {} : { weights: part(weights) }) };
}

interface Step {
  readonly step: number;
  readonly batch: Samples;
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly penalties: readonly number[];
  /** What the oracle noted, in its order: `dense_1 y`, say. */
  readonly notes: ReadonlyMap<string, Float32Array>;
}

/** The first two steps of a network, by the oracle. */
function stepsOf(recipe: GoldenRecipe, rows: number, emulate: readonly Emulation[]): Step[] {
  const hardware = {
    noFma: emulate.includes('noFma'),
    flushSubnormals: emulate.includes('flushSubnormals'),
    ordinaryExp: emulate.includes('ordinaryExp'),
  };
  const network = new Network(recipe);
  const samples = samplesOf(recipe);
  return [0, 1].map((step) => {
    const batch = rowsFrom(samples, step * rows, rows);
    const weights = new Map(network.parameters.map(({ name, values }) => [name, values.slice()]));
    const notes = new Map<string, Float32Array>();
    network.tell((stage, what, values) => notes.set(`${stage} ${what}`, values.slice()));
    const penalties = arithmetic.withHardware(hardware, () => {
      const found = network.parameters.map(penaltyOf).filter((penalty) => penalty !== null);
      network.trainOnBatch(batch, recipe.batchLeaf);
      return found;
    });
    return { step, batch, weights, penalties, notes };
  });
}

/** The recipe as the package has it, with batches of the first rows, then the next. */
async function recipeOf(golden: GoldenRecipe, rows: number): Promise<Recipe> {
  const model = build(golden);
  const { x, y } = dataOf(golden);
  const { recipe } = await model.fit(x, y, { epochs: 1, batchSize: x.rows });
  model.dispose();
  const { fit } = recipe;
  return { ...recipe, fit: { ...fit, batchSize: rows, batchLeaf: golden.batchLeaf, shuffle: false } };
}

/** What the oracle's note of an operation is called. */
function noteOf({ kind, place }: Operation, notes: Step['notes']): string {
  const isDense = notes.has(`${place}/product y`);
  switch (kind) {
    case 'mask':
    case 'noise':
      return `${place} drawn`;
    case 'statistics':
      return `${place} statistics`;
    case 'forward':
      return `${place} y`;
    case 'loss':
      return 'batch losses';
    case 'outputGradient':
      return 'batch dz';
    case 'inputGradient':
      return isDense ? `${place}/product dx` : `${place} dx`;
    case 'activationGradient':
      return isDense ? `${place}/product dy` : `${place} dx`;
    default:
      return '';
  }
}

function sameBits(a: Operation['values'], b: Float32Array | Uint8Array | Uint32Array): boolean {
  return a.length === b.length && firstDifferingIndex(Float32Array.from(a), Float32Array.from(b)) === -1;
}

/** Of the layers that have any, in the order in which rows get them. */
function expectedOutputs(notes: Step['notes'], operations: readonly Operation[]): string[] {
  const draws = new Set(operations.filter(({ kind }) => kind === 'mask' || kind === 'noise').map(({ place }) => place));
  return [...notes.keys()]
    .filter((key) => key.endsWith(' y') && !key.endsWith('/product y'))
    .map((key) => key.slice(0, -2))
    .filter((place) => {
      if (place === 'rescaling') return operations.some((operation) => operation.place === place);
      // Those that do nothing, as they are set.
      return /^(dropout|gaussianNoise)_/.test(place) ? draws.has(place) : !/^activation_/.test(place);
    });
}

async function compare(recipe: Recipe, golden: GoldenRecipe, steps: readonly Step[], isa: string, threads: number) {
  const { x, y, sampleWeights } = dataOf(golden);
  const { train } = shareData(recipe, { x, y });
  const data = sampleWeights === undefined ? train : { ...train, weights: sampleWeights };
  for (const { step, batch, weights, penalties, notes } of steps) {
    const place = { steps: step, epochs: 0, position: step * batch.rows };
    const bench = { hardware: { isa, emulate: recipe.emulate }, threads } as never;
    const operations = await passOperations({ recipe, data, bench, place, weights });
    const what = `${golden.title}, step ${step + 1}, ${isa}, ${threads} threads`;
    for (const operation of operations) {
      const { kind, values, shape } = operation;
      expect(
        shape.reduce((size, length) => size * length, 1),
        `${what}, ${kind}`,
      ).toBe(values.length);
      if (kind === 'order') expect([...values]).toEqual(Array.from(values, (_, i) => step * batch.rows + i));
      else if (kind === 'data') expect(sameBits(values, batch.x), `${what}, data`).toBe(true);
      else if (kind === 'targets') expect(sameBits(values, batch.targets), `${what}, targets`).toBe(true);
      else if (kind !== 'penalty') {
        const note = noteOf(operation, notes);
        const expected = notes.get(note);
        expect(
          expected !== undefined && sameBits(values, expected),
          `${what}, ${kind} ${operation.place}: ${note}`,
        ).toBe(true);
      }
    }
    expect(operations.flatMap(({ kind, values }) => (kind === 'penalty' ? [...values] : []))).toEqual(penalties);
    const given = operations.filter(({ kind }) => kind === 'forward').map(({ place }) => place);
    expect(given.filter((name) => !/^activation_/.test(name))).toEqual(expectedOutputs(notes, operations));
  }
}

describe.each(golden)('$title', (of) => {
  const rows = Math.min(MOST_ROWS, Math.floor(of.rows / 2));

  it('is taken apart into what the oracle computes, on any threads and instruction set', async () => {
    const recipe = await recipeOf(of, rows);
    const steps = stepsOf(of, rows, []);
    for (const isa of available) {
      for (const threads of [1, 3]) await compare(recipe, of, steps, isa, threads);
    }
  });
});

describe('on emulated hardware', () => {
  const chosen = golden.filter(({ layers }) => JSON.stringify(layers).match(/Normalization|gaussianNoise|residual/));

  it.each(chosen)('$title', async (of) => {
    const emulate: Emulation[] = ['noFma', 'flushSubnormals', 'ordinaryExp'];
    const rows = Math.min(MOST_ROWS, Math.floor(of.rows / 2));
    const recipe = { ...(await recipeOf(of, rows)), emulate };
    await compare(recipe, of, stepsOf(of, rows, emulate), 'scalar', 2);
  });
});

describe('takeApart', () => {
  const network = (loss: 'sparseCategoricalCrossentropy' | null = 'sparseCategoricalCrossentropy') =>
    new (addon().Network)({
      isa: 'scalar',
      inputs: 2,
      rescale: null,
      layers: [{ kind: 'dense', units: 3, activation: 'softmax', useBias: true }],
      loss,
      optimizer: { kind: 'sgd', learningRate: 0.1 },
    });
  const job = { x: new Float32Array(8), targets: new Uint32Array(4), rows: 4, threads: 2, batchLeaf: 3, step: 0 };

  it('needs a loss, and rows as evaluate does', async () => {
    expect(() => network(null).takeApart(job)).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_STATE' }));
    const short = { ...job, x: new Float32Array(7) };
    expect(() => network().takeApart(short)).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_SHAPE' }));
    expect(() => network().takeApart({ ...job, step: -1 })).toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT' }),
    );
    const beyond = { ...job, targets: Uint32Array.of(0, 1, 3, 2) };
    await expect(network().takeApart(beyond)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_DATA' });
    const gone = network();
    gone.dispose();
    expect(() => gone.takeApart(job)).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_STATE' }));
  });

  it('changes nothing, and nothing changes meanwhile', async () => {
    const of = network();
    const weights = Float32Array.from({ length: 6 }, (_, i) => i / 7);
    of.setParameter(0, 'kernel', 0, weights);
    const results = of.takeApart(job);
    expect(() => of.setParameter(0, 'kernel', 0, weights)).toThrow(
      expect.objectContaining({ code: 'ERR_SAMEBITS_BUSY' }),
    );
    expect((await results).nodes.map(({ kind }) => kind)).toEqual(['dense', 'activation']);
    expect(of.getParameter(0, 'kernel', 0)).toEqual(weights);
    expect(of.getCounters()).toMatchObject({ steps: 0, epochs: 0 });
  });
});
