/** Trains one of the golden networks, through the package's own API. */
import { type LookUpLayer, lookedUpColumns, tablesOf } from '../model/embeddings.js';
import { dense, dropout, type Layer, rescaling } from '../model/layers.js';
import { optimizerNamed } from '../model/optimizers.js';
import { sequential } from '../train/build.js';
import { fingerprintPredictions } from '../train/fingerprint.js';
import type { Sequential } from '../train/sequential.js';
import { bitsOf } from './bits.js';
import type { GoldenLayer, GoldenNetwork } from './golden.js';
import { bytesOf, floatsOf, indicesOf, labelsOf, oneHotOf } from './made-up.js';
import type { Team } from './sums.js';

type GoldenRecipe = GoldenNetwork['recipe'];

/** @returns What the file with the golden results says of it. */
export async function trainGolden(recipe: GoldenRecipe, { isa, threads }: Team): Promise<GoldenNetwork['expected']> {
  const { batchSize, batchLeaf, shuffle, epochs, classWeights } = recipe;
  const model = build(recipe);
  const x = inputsOf(recipe);
  const y = targetsOf(recipe);
  // One team takes each of the two plans, so that both are looked at.
  const plan = threads === 1 ? 'stored' : 'fused';
  const weights = weightsOf(recipe);
  const fit = { batchSize, batchLeaf, shuffle, epochs, ...(classWeights && { classWeights }), ...weights };
  await model.fit(x, y, { ...fit, plan, isa, threads, reduction: 'fixed' });
  const { loss } = await model.evaluate(x, y, { batchLeaf, threads, ...weights });
  const { data, rows, columns } = await model.predict(x, { threads });
  const trained = {
    weights: model.fingerprint('weights'),
    state: model.fingerprint('state'),
    evaluateLoss: bitsOf(loss),
    predictions: fingerprintPredictions(data, rows, columns),
  };
  model.dispose();
  return trained;
}

function build(recipe: GoldenRecipe): Sequential {
  const first: Layer[] = recipe.rescaling === null ? [] : [rescaling(recipe.rescaling)];
  if (recipe.lookUp !== undefined) first.push(recipe.lookUp);
  const layers = recipe.layers.flatMap(layersOf);
  const { seed, seeds, generator } = recipe;
  const model = sequential({ layers: [...first, ...layers], seed, generator, ...(seeds && { seeds }) });
  model.compile({ optimizer: optimizerOf(recipe), loss: recipe.loss });
  return model;
}

function layersOf(layer: GoldenLayer): Layer[] {
  if (layer.kind === 'residual') return [{ ...layer, layers: layer.layers.flatMap(layersOf) }];
  if (layer.kind !== undefined) return [layer];
  const { dropout: before, kind: _, ...options } = layer;
  return [...(before === undefined ? [] : [dropout(before)]), dense(options)];
}

function optimizerOf({ optimizer }: GoldenRecipe) {
  const { name, ...options } = optimizer;
  return optimizerNamed(name, options);
}

function inputsOf({ x, rows, inputs, lookUp }: GoldenRecipe) {
  const count = rows * inputs;
  const data = {
    bytes: () => bytesOf(count, x.salt),
    floats: () => floatsOf('floats', count, x.salt),
    indices: () => indicesOf(rows, x.salt, categoriesOf(lookUp, inputs)),
  }[x.kind]();
  return { data, rows, columns: inputs };
}

/** Of each column of x; null where it is a number. */
function categoriesOf(lookUp: LookUpLayer | undefined, inputs: number): (number | null)[] {
  if (lookUp === undefined) return new Array<null>(inputs).fill(null);
  const tables = tablesOf(lookUp);
  return lookedUpColumns(lookUp, inputs).map(({ table }) => (table === null ? null : tables[table].categories));
}

function weightsOf({ sampleWeights, rows }: GoldenRecipe) {
  return sampleWeights === undefined ? {} : { sampleWeights: floatsOf(sampleWeights.kind, rows, sampleWeights.salt) };
}

function targetsOf({ targets, rows }: GoldenRecipe) {
  const { kind, salt, columns } = targets;
  if (kind === 'labels') return labelsOf(rows, salt, columns);
  const data = kind === 'oneHot' ? oneHotOf(rows, salt, columns) : floatsOf(kind, rows * columns, salt);
  return { data, rows, columns };
}
