/** Networks, data and jobs of golden recipes, below the public API. */
import type { Addon } from '../../dist/native/addon.js';
import type { InstructionSet } from '../../dist/native/instruction-set.js';
import type { NativeNetwork, ParameterKind, TrainJob } from '../../dist/native/network.js';
import type { NativeLayer, NativeLookUp, NativeRules } from '../../dist/native/network-description.js';
import { type GoldenRecipe, samplesOf } from '../golden/recipes.js';
import { tablesOf, widthOf } from '../oracle/embedding.js';
import type { DenseLayer } from '../oracle/network.js';
import { Network, order, random, rowWeights } from '../oracle.js';

export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly layer: number;
  readonly kind: ParameterKind;
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

function layersOf({ layers: all, seed, seeds }: GoldenRecipe): NativeLayer[] {
  let dropouts = 0;
  let noises = 0;
  const dropoutOf = ({ rate, seed: own, name }: { rate: number; seed?: number | string; name?: string }) => {
    dropouts += 1;
    const stream = random.streamNumber(`dropout/${name ?? `dropout_${dropouts}`}`);
    return { kind: 'dropout', rate, key: random.keyOf(own ?? seeds?.dropout ?? seed), stream } as const;
  };
  const native = (layers: GoldenRecipe['layers']): NativeLayer[] => layers.flatMap(nativeOf);
  const nativeOf = (layer: GoldenRecipe['layers'][number]): NativeLayer[] => {
    if (layer.kind === 'residual') return [{ kind: layer.kind, layers: native(layer.layers) }];
    if (layer.kind === 'dropout') return [dropoutOf(layer)];
    if (layer.kind === 'gaussianNoise') {
      noises += 1;
      const { stddev, seed: own, name = `gaussianNoise_${noises}` } = layer;
      const stream = random.streamNumber(`gaussianNoise/${name}`);
      return [{ kind: 'gaussianNoise', stddev, key: random.keyOf(own ?? seeds?.noise ?? seed), stream }];
    }
    if (layer.kind !== undefined) return [layer];
    const { dropout, ...others } = layer;
    const kernel = rulesOf(layer.kernelRegularizer, layer.kernelConstraint);
    const bias = rulesOf(layer.biasRegularizer, layer.biasConstraint);
    const dense = { ...others, kind: 'dense', kernel, bias } as const;
    return dropout === undefined ? [dense] : [dropoutOf(dropout), dense];
  };
  return native(all);
}

/** Without the blocks that layers stand in. */
function flat(layers: GoldenRecipe['layers']): Exclude<GoldenRecipe['layers'][number], { kind: 'residual' }>[] {
  return layers.flatMap((layer) => (layer.kind === 'residual' ? flat(layer.layers) : [layer]));
}

function rulesOf(
  regularizer: DenseLayer['kernelRegularizer'],
  constraint: DenseLayer['kernelConstraint'],
): NativeRules {
  const most = constraint?.name === 'maxNorm' ? constraint.maxValue : 0;
  return { ...regularizer, maxNorm: most, nonNegative: constraint?.name === 'nonNegative' };
}

function kindOf(optimizer: GoldenRecipe['optimizer']) {
  if (optimizer.name === 'adam' && optimizer.amsgrad) return 'amsgrad';
  if (optimizer.name !== 'sgd') return optimizer.name;
  if (optimizer.momentum === 0) return 'sgd';
  return optimizer.nesterov ? 'nesterov' : 'momentum';
}

export function tensorsOf(recipe: GoldenRecipe): Tensor[] {
  const tensors: Tensor[] = [];
  const counts = { dense: 0, batchNormalization: 0, layerNormalization: 0 };
  const { lookUp } = recipe;
  const { tables, columns: lookedUp } =
    lookUp === undefined ? { tables: [], columns: [] } : tablesOf(lookUp, recipe.inputs);
  let columns = lookUp === undefined ? recipe.inputs : widthOf(lookedUp, tables);
  let number = 0;
  for (const { name, categories, units } of tables) {
    tensors.push({ name, shape: [categories, units], layer: number, kind: 'embeddings' });
    number += 1;
  }
  for (const layer of flat(recipe.layers)) {
    if (layer.kind === 'activation' || layer.kind === 'dropout' || layer.kind === 'gaussianNoise') continue;
    const { kind = 'dense', name } = layer;
    counts[kind] += 1;
    const add = (of: ParameterKind, shape: number[]) =>
      tensors.push({ name: `${name ?? `${kind}_${counts[kind]}`}/${of}`, shape, layer: number, kind: of });
    if (layer.kind === undefined) {
      add('kernel', [columns, layer.units]);
      columns = layer.units;
      if (layer.useBias) add('bias', [columns]);
    } else {
      if (layer.scale) add('gamma', [columns]);
      if (layer.center) add('beta', [columns]);
      if (layer.kind === 'batchNormalization') {
        add('movingMean', [columns]);
        add('movingVariance', [columns]);
      } else if (!layer.scale && !layer.center) {
        continue;
      }
    }
    number += 1;
  }
  return tensors;
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
