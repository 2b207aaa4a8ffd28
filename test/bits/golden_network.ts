/** Networks, data and jobs of golden recipes, below the public API. */
import type {
  Addon,
  InstructionSet,
  NativeLayer,
  NativeLookUp,
  NativeNetwork,
  TrainJob,
} from '../../dist/native/addon.js';
import { type GoldenRecipe, samplesOf } from '../golden/recipes.js';
import { tablesOf, widthOf } from '../oracle/embedding.js';
import { Network, order, random, rowWeights } from '../oracle.js';

export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly layer: number;
  readonly kind: 'kernel' | 'bias' | 'embeddings';
}

/** A network with the oracle's initial weights: initializers have tests of their own. */
export function build(native: Addon, recipe: GoldenRecipe, isa: InstructionSet): NativeNetwork {
  const { optimizer } = recipe;
  const network = new native.Network({
    isa,
    inputs: recipe.inputs,
    rescale: recipe.rescaling,
    lookUp: lookUpOf(recipe),
    layers: layersOf(recipe),
    loss: recipe.loss,
    optimizer: { ...optimizer, kind: kindOf(optimizer) },
  });
  const initial = new Network(recipe).parameters;
  tensorsOf(recipe).forEach(({ layer, kind }, i) => {
    network.setParameter(layer, kind, 0, initial[i].values);
  });
  return network;
}

function lookUpOf({ lookUp, inputs }: GoldenRecipe): NativeLookUp | null {
  if (lookUp === undefined) return null;
  const { tables, columns } = tablesOf(lookUp, inputs);
  return { tables, columns: columns.map(({ table }) => table) };
}

function layersOf({ layers, seed, seeds }: GoldenRecipe) {
  let dropouts = 0;
  return layers.flatMap(({ dropout, kernelRegularizer, ...layer }): NativeLayer[] => {
    const dense = { ...layer, kind: 'dense', l2: kernelRegularizer?.l2 ?? 0 } as const;
    if (dropout === undefined) return [dense];
    dropouts += 1;
    const stream = random.streamNumber(`dropout/${dropout.name ?? `dropout_${dropouts}`}`);
    const key = random.keyOf(dropout.seed ?? seeds?.dropout ?? seed);
    return [{ kind: 'dropout', rate: dropout.rate, key, stream }, dense];
  });
}

function kindOf(optimizer: GoldenRecipe['optimizer']) {
  if (optimizer.name === 'adam' && optimizer.amsgrad) return 'amsgrad';
  if (optimizer.name !== 'sgd') return optimizer.name;
  if (optimizer.momentum === 0) return 'sgd';
  return optimizer.nesterov ? 'nesterov' : 'momentum';
}

export function tensorsOf(recipe: GoldenRecipe): Tensor[] {
  const { lookUp } = recipe;
  const { tables, columns } = lookUp === undefined ? { tables: [], columns: [] } : tablesOf(lookUp, recipe.inputs);
  const width = lookUp === undefined ? recipe.inputs : widthOf(columns, tables);
  const embeddings = tables.map(({ name, categories, units }, layer): Tensor => {
    return { name, shape: [categories, units], layer, kind: 'embeddings' };
  });
  const dense = recipe.layers.flatMap(({ units, useBias, name = '' }, index) => {
    const layer = tables.length + index;
    const inputs = index === 0 ? width : recipe.layers[index - 1].units;
    const prefix = name === '' ? `dense_${index + 1}` : name;
    const kernel: Tensor = { name: `${prefix}/kernel`, shape: [inputs, units], layer, kind: 'kernel' };
    return useBias ? [kernel, { name: `${prefix}/bias`, shape: [units], layer, kind: 'bias' as const }] : [kernel];
  });
  return [...embeddings, ...dense];
}

/** Targets as the addon takes them. */
export function dataOf(recipe: GoldenRecipe) {
  const { x, targets, rows, weights = null } = samplesOf(recipe);
  return {
    x,
    rows,
    targets: targets instanceof Uint8Array ? Float32Array.from(targets) : targets,
    rowWeights: weights,
  };
}

/** Training on one thread in fixed order until the end of `epoch`, which is the network's. */
export function jobOf(recipe: GoldenRecipe, epoch: number): TrainJob {
  const { batchSize, batchLeaf, seed, seeds } = recipe;
  const philox = recipe.shuffle === true && recipe.generator === 'philox';
  return {
    ...dataOf(recipe),
    rowWeights: rowWeights.trainingWeights(samplesOf(recipe), recipe.loss, recipe.classWeights),
    threads: 1,
    reduction: 'fixed',
    batchSize,
    batchLeaf,
    freeGrain: 8,
    plan: 'auto',
    shuffle: philox ? { key: random.keyOf(seeds?.order ?? seed), stream: random.streamNumber('shuffle') } : null,
    order: philox ? null : order.epochOrder(recipe, samplesOf(recipe), recipe.shuffle, epoch),
    inEpoch: true,
    maxSteps: Number.POSITIVE_INFINITY,
    stopAtEpochEnd: true,
    maxEpochs: 1,
    maxMilliseconds: 1e9,
    stopOnNonFinite: false,
    record: false,
    replay: null,
  };
}
