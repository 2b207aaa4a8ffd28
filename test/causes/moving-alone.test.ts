/** Each cause moves its own draws and no others: initial weights, orders of rows and dropout masks, seen by training. */
import { CAUSES, type CauseName, causeNamed, constant, dense, type Layer, type Setting, sgd } from 'samebits';
import { describe, expect, it } from 'vitest';
import { fingerprintNetwork } from '../../dist/train/fingerprint.js';
import { TrainingSession } from '../../dist/train/session.js';
import { full } from './settings.js';

const ROWS = 20;
const matrix = (columns: number, of: (row: number, column: number) => number) => ({
  data: Float32Array.from({ length: ROWS * columns }, (_, i) => of(Math.floor(i / columns), i % columns)),
  rows: ROWS,
  columns,
});
const started = ({ recipe, execution }: Setting, x: ReturnType<typeof matrix>, y: ReturnType<typeof matrix>) =>
  TrainingSession.start(recipe, x, y, execution);

const classes = matrix(1, (row) => row % 2);

function initialWeights(setting: Setting): string {
  const { session, parameters } = started(
    setting,
    matrix(8, () => 0),
    classes,
  );
  const print = fingerprintNetwork(session.network, parameters, 'weights', []);
  session.network.dispose();
  return print;
}

/** The setting with other layers, trained row by row without moving. */
async function rowLosses(setting: Setting, layers: readonly Layer[], recipe: object, x: ReturnType<typeof matrix>) {
  const fit = { ...setting.recipe.fit, batchSize: 1, epochs: 2 };
  const { session } = started(
    {
      ...setting,
      recipe: {
        ...setting.recipe,
        fit,
        optimizer: sgd({ learningRate: 1e-30 }),
        flippedBit: null,
        ...recipe,
        model: { name: 'probe', layers },
      },
    },
    x,
    classes,
  );
  const losses: number[] = [];
  while (losses.length < 2 * ROWS) losses.push(...(await session.advance({ maxSteps: ROWS })).stepLosses);
  session.network.dispose();
  return losses;
}

/** The rows of two epochs, told by their losses. */
async function orders(setting: Setting): Promise<number[]> {
  const x = matrix(1, (row) => row / 4 + 1);
  const layers = [dense({ units: 1, activation: 'sigmoid', useBias: false, kernelInitializer: constant(1) })];
  const named = layers.map((layer) => ({ ...layer, name: 'dense_1' }));
  const unshuffled = { fit: { ...setting.recipe.fit, batchSize: 1, epochs: 2, shuffle: false } };
  const known = (await rowLosses(setting, named, unshuffled, x)).slice(0, ROWS);
  expect(new Set(known).size).toBe(ROWS);
  return (await rowLosses(setting, named, {}, x)).map((loss) => known.indexOf(loss));
}

/** Losses that only masks decide: all weights are 1, and rows come as they are. */
function masks(setting: Setting): Promise<number[]> {
  const layers = setting.recipe.model.layers.map(
    (layer): Layer =>
      layer.kind === 'dense'
        ? { ...layer, kernelInitializer: constant(1), biasInitializer: 'zeros', activation: 'linear' }
        : layer,
  );
  const plain = layers.map((layer): Layer => {
    if (layer.kind !== 'dense') return layer;
    const { kernelRegularizer: _, ...rest } = layer;
    return rest;
  });
  const recipe = {
    loss: 'meanSquaredError',
    fit: { ...setting.recipe.fit, batchSize: 1, epochs: 2, shuffle: false },
  };
  return rowLosses(
    setting,
    plain,
    recipe,
    matrix(8, (row, column) => 2 ** ((row % 3) - column)),
  );
}

const seen = async (setting: Setting) => ({
  weights: initialWeights(setting),
  orders: await orders(setting),
  masks: await masks(setting),
});
type Seen = Awaited<ReturnType<typeof seen>>;

const CASES: readonly [CauseName, unknown, readonly (keyof Seen)[]][] = [
  ['seed', 7, ['weights', 'orders', 'masks']],
  ['initialWeights', 7, ['weights']],
  ['dataOrder', 7, ['orders']],
  ['dropoutMasks', 7, ['masks']],
  ['generator', 'alea', ['weights', 'orders']],
  ['initializer', 'heUniform', ['weights']],
  ['flippedBit', { tensor: 'dense_1/kernel', index: 3, bit: 0 }, ['weights']],
  ['shuffle', false, ['orders']],
  ['shuffle', 'stratified', ['orders']],
  ['dropoutRate', 0.5, ['masks']],
  ['activation', 'tanh', []],
  ['l2', 0.1, []],
  ['optimizer', { name: 'sgd', momentum: 0.9, nesterov: true }, []],
  ['learningRate', 0.3, []],
  ['epsilon', 1e-3, []],
  ['batchSize', 3, []],
  ['epochs', 5, []],
  ['rows', 9, []],
  ['dataSubset', 9, []],
  ['dataSeed', 9, []],
  ['threads', 3, []],
  ['isa', 'scalar', []],
  ['reduction', 'free', []],
  ['batchLeaf', 2, []],
  ['freeGrain', 2, []],
  ['hardware', ['noFma', 'flushSubnormals'], []],
];

describe('draws', () => {
  it.each(CASES)('%s: %j moves %j alone', async (name, level, expected) => {
    const before = await seen(full);
    const after = await seen(causeNamed(name).write(full, level));
    const moved = (Object.keys(before) as (keyof Seen)[]).filter((key) => String(before[key]) !== String(after[key]));
    expect(moved).toEqual(expected);
  });

  it('stay where the network grows: initial weights of layers that keep their shape and place, and orders', async () => {
    const kernel = (setting: Setting) => {
      const { session } = started(
        setting,
        matrix(8, () => 0),
        classes,
      );
      return session.network.getParameter(0, 'kernel', 0);
    };
    const deeper = CAUSES.depth.write(full, 4);
    expect(kernel(deeper)).toEqual(kernel(full));
    expect(await orders(deeper)).toEqual(await orders(full));
    expect(await orders(CAUSES.width.write(full, 9))).toEqual(await orders(full));
  });

  it('of an order are all rows once in each epoch, and another order in the next', async () => {
    const both = await orders(full);
    const [first, second] = [both.slice(0, ROWS), both.slice(ROWS)];
    const all = Array.from({ length: ROWS }, (_, row) => row);
    for (const order of [first, second]) expect([...order].sort((a, b) => a - b)).toEqual(all);
    expect(second).not.toEqual(first);
  });
});
