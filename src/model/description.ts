/** A model as a plain description: its layers, their names, and the tensors that they train. */
import * as v from 'valibot';
import { check, fields, type Schema } from '../arguments.js';
import { expected } from '../errors.js';
import type { ParameterKind } from '../native/network.js';
import { checkStreams } from '../random/seed.js';
import type { Activation } from './activations.js';
import { allLayers, checkBlocks, type PlacedLayer, placedLayers } from './blocks.js';
import { isLookUp, type LookUpLayer, lookedUpUnits, tablesOf } from './embeddings.js';
import type { Initializer } from './initializers.js';
import { type DenseLayer, type Layer, layerSchema, type RescalingLayer } from './layers.js';
import { SEED_USES, type SeedUse } from './seeds.js';

/** Layers from the data to the outputs, all but rescaling named. */
export interface ModelDescription {
  /** @default 'sequential' */
  readonly name: string;
  readonly layers: readonly Layer[];
}

/** A dense layer in its place, with the name that its tensors carry. */
export interface NamedDenseLayer extends DenseLayer {
  readonly name: string;
}

/** A layer of embeddings, with the name that its tables carry. */
export type NamedLookUpLayer = LookUpLayer & { readonly name: string };

/** A tensor of a layer. */
export interface Parameter {
  /** Index among the layers that have tensors, each table of embeddings counting as one. */
  readonly layer: number;
  readonly kind: ParameterKind;
  /** `<layer>/<kind>`; of a table input's tables `<layer>/<column>/embeddings`. */
  readonly name: string;
  /** A kernel's [inputs, units]; embeddings' [categories, units]; [units] of the others. */
  readonly shape: readonly number[];
  /** Product of the shape. */
  readonly size: number;
  /** What its initial values are drawn from. */
  readonly initializer: Initializer;
}

/** A tensor of a layer with its values. */
export interface NamedTensor {
  /** `<layer>/<kind>`, such as `dense_1/kernel`; of a table input's tables `<layer>/<column>/embeddings`. */
  readonly name: string;
  /** A kernel's [inputs, units]; embeddings' [categories, units]; [units] of the others. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

export const modelSchema: Schema<{ name: string; layers: Layer[] }> = fields({
  name: v.optional(
    v.pipe(v.string('a string of at least 1 character'), v.minLength(1, 'a string of at least 1 character')),
    'sequential',
  ),
  layers: v.array(layerSchema, 'an array of layers, as dense(), dropout() and the others give,'),
});

/** Name of the stream that shuffles the rows. */
export const SHUFFLE_STREAM = 'shuffle';

/** Name of the stream that a parameter's initial values come from. */
export function initialStream(parameter: string): string {
  return `init/${parameter}`;
}

/** Name of the stream that a dropout layer's masks come from. */
export function dropoutStream(layer: string): string {
  return `dropout/${layer}`;
}

/** Name of the stream that a layer's Gaussian noise comes from. */
export function noiseStream(layer: string): string {
  return `gaussianNoise/${layer}`;
}

/**
 * Checks the layers and names those that have no name.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function describeModel(value: unknown, name: string): ModelDescription {
  const { name: modelName, layers } = check(modelSchema, value, name);
  const at = `${name === '' ? '' : `${name}.`}layers`;
  const placed = placedLayers(layers, at);
  if (!placed.some(({ layer }) => layer.kind === 'dense')) throw expected('at least one dense layer', at, layers);
  placed.forEach(checkPlace);
  const model = { name: modelName, layers: namedLayers(layers, at, new Map()) };
  checkNames(placedLayers(model.layers, at));
  checkBlocks(model.layers, declaredInputs(model), at);
  checkStreams([...drawnNames(model).map(initialStream), ...allLayers(model).flatMap(ownStreams), SHUFFLE_STREAM]);
  return model;
}

/** Streams of what a layer draws in every step. */
function ownStreams(layer: Layer): string[] {
  if (layer.kind === 'dropout') return [dropoutStream(layer.name as string)];
  return layer.kind === 'gaussianNoise' ? [noiseStream(layer.name as string)] : [];
}

/** What the seeds of a model decide, whether it is drawn or not; noise only where there is any. */
export function seedUses(model: ModelDescription): readonly SeedUse[] {
  const isNoisy = allLayers(model).some((layer) => layer.kind === 'gaussianNoise');
  return SEED_USES.filter((use) => use !== 'noise' || isNoisy);
}

/** Some layers are for the data, and stand first. */
function checkPlace({ layer, at }: PlacedLayer, place: number): void {
  if (place === 0) return;
  if (layer.kind === 'rescaling' || isLookUp(layer)) throw expected(`${layer.kind} as the first layer only`, at, layer);
  if (layer.inputShape !== undefined) {
    throw expected('inputShape in the first layer only', `${at}.inputShape`, layer.inputShape);
  }
}

/** @param counts Layers of each kind that came before. */
function namedLayers(layers: readonly Layer[], at: string, counts: Map<string, number>): readonly Layer[] {
  return layers.map((layer, index): Layer => {
    if (layer.kind === 'rescaling') return layer;
    if (isLookUp(layer)) return describeLookUp(layer, `${at}[${index}]`);
    const count = (counts.get(layer.kind) ?? 0) + 1;
    counts.set(layer.kind, count);
    const named = { ...layer, name: layer.name ?? `${layer.kind}_${count}` };
    if (named.kind !== 'residual') return named;
    return { ...named, layers: namedLayers(named.layers, `${at}[${index}].layers`, counts) };
  });
}

function describeLookUp(layer: LookUpLayer, at: string): NamedLookUpLayer {
  const named = { ...layer, name: layer.name ?? `${layer.kind}_1` };
  if (named.kind === 'embedding') return named;
  const columns = named.columns.length;
  if (named.inputShape !== undefined && named.inputShape[0] !== columns) {
    throw expected(`[${columns}], as many as there are columns,`, `${at}.inputShape`, named.inputShape);
  }
  return { ...named, inputShape: [columns] };
}

/** The layer of embeddings, or null. */
export function lookUpLayer(model: ModelDescription): NamedLookUpLayer | null {
  const first = model.layers[0];
  return isLookUp(first) ? (first as NamedLookUpLayer) : null;
}

/** Whether it is dense layers one after the other, with dropout before some, and nothing else but rescaling or embeddings. */
export function isPlainStack({ layers }: ModelDescription): boolean {
  return layers.every((layer, i) => {
    if (layer.kind === 'dropout') return layers[i + 1]?.kind === 'dense';
    return layer.kind === 'dense' || layer.kind === 'rescaling' || isLookUp(layer);
  });
}

/** The dense layers from the data to the outputs, those in blocks too. */
export function denseLayers(model: ModelDescription): readonly NamedDenseLayer[] {
  return allLayers(model).filter((layer): layer is NamedDenseLayer => layer.kind === 'dense');
}

/** The rescaling layer, or null. */
export function rescalingLayer(model: ModelDescription): RescalingLayer | null {
  const first = model.layers[0];
  return first.kind === 'rescaling' ? first : null;
}

/** Columns of the data, where the description says it. */
export function declaredInputs(model: ModelDescription): number | undefined {
  return model.layers[0].inputShape?.[0];
}

/** Units of the last layer. */
export function outputUnits(model: ModelDescription): number {
  const dense = denseLayers(model);
  return dense[dense.length - 1].units;
}

/** What decides the outputs: the last layer's name, and its activation if it has one. */
export function outputLayer(model: ModelDescription): { readonly name: string; readonly activation: Activation } {
  const last = model.layers[model.layers.length - 1];
  const activation = last.kind === 'dense' || last.kind === 'activation' ? last.activation : 'linear';
  return { name: last.kind === 'rescaling' ? 'rescaling' : (last.name as string), activation };
}

/** The tensors in model order: layer by layer, each table of embeddings as one, and of each layer in the order of {@link ParameterKind}. */
export function parametersOf(model: ModelDescription, inputs: number): readonly Parameter[] {
  const parameters: Parameter[] = [];
  let columns = inputs;
  let count = 0;
  for (const layer of allLayers(model)) {
    if (isLookUp(layer)) {
      for (const { name, categories, units } of tablesOf(layer)) {
        const { embeddingsInitializer: initializer = 'randomUniform' } = layer;
        const shape = [categories, units];
        parameters.push({ layer: count, kind: 'embeddings', name, shape, size: categories * units, initializer });
        count += 1;
      }
      columns = lookedUpUnits(layer, inputs);
      continue;
    }
    const kinds = kindsOf(layer);
    if (kinds.length === 0) continue;
    const units = layer.kind === 'dense' ? layer.units : columns;
    for (const kind of kinds) {
      const shape = kind === 'kernel' ? [columns, units] : [units];
      const size = shape.reduce((product, length) => product * length, 1);
      parameters.push({
        layer: count,
        kind,
        name: `${nameOf(layer)}/${kind}`,
        shape,
        size,
        initializer: initializerOf(layer, kind),
      });
    }
    columns = units;
    count += 1;
  }
  return parameters;
}

/** State that training moves without a gradient: it has no optimizer state, and no initializer. */
export function isTrained({ kind }: Pick<Parameter, 'kind'>): boolean {
  return kind !== 'movingMean' && kind !== 'movingVariance';
}

/** Of the optimizer's slots those that a tensor has. */
export function slotsOf<T>(parameter: Pick<Parameter, 'kind'>, slots: readonly T[]): readonly T[] {
  return isTrained(parameter) ? slots : [];
}

function kindsOf(layer: Layer): readonly ParameterKind[] {
  if (layer.kind === 'dense') return layer.useBias ? ['kernel', 'bias'] : ['kernel'];
  if (layer.kind !== 'batchNormalization' && layer.kind !== 'layerNormalization') return [];
  return [
    ...(layer.scale ? (['gamma'] as const) : []),
    ...(layer.center ? (['beta'] as const) : []),
    ...(layer.kind === 'batchNormalization' ? (['movingMean', 'movingVariance'] as const) : []),
  ];
}

function initializerOf(layer: Layer, kind: ParameterKind): Initializer {
  if (layer.kind === 'dense') return kind === 'kernel' ? layer.kernelInitializer : layer.biasInitializer;
  return kind === 'gamma' || kind === 'movingVariance' ? { name: 'constant', value: 1 } : 'zeros';
}

function nameOf(layer: Layer): string {
  return layer.kind === 'rescaling' ? layer.kind : (layer.name as string);
}

/** Names of the tensors that may be drawn at random. */
function drawnNames(model: ModelDescription): string[] {
  const drawn = parametersOf(model, 1).filter((one) => isTrained(one) && one.kind !== 'gamma' && one.kind !== 'beta');
  return drawn.map(({ name }) => name);
}

function checkNames(layers: readonly PlacedLayer[]): void {
  const taken = new Set<string>();
  for (const { layer, at } of layers) {
    if (layer.kind === 'rescaling' || layer.name === undefined) continue;
    if (taken.has(layer.name)) throw expected('a name that no other layer has', `${at}.name`, layer.name);
    taken.add(layer.name);
  }
}
