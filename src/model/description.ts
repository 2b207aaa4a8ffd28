/** A model as a plain description: its layers, their names, and the tensors that they train. */
import * as v from 'valibot';
import { check, fields, type Schema } from '../arguments.js';
import { expected } from '../errors.js';
import type { ParameterKind } from '../native/addon.js';
import { checkStreams } from '../random/seed.js';
import { type LookUpLayer, lookedUpUnits, tablesOf } from './embeddings.js';
import { type DenseLayer, type DropoutLayer, type Layer, layerSchema, type RescalingLayer } from './layers.js';

/** Layers from the data to the outputs, all dense and dropout ones named. */
export interface ModelDescription {
  /** @default 'sequential' */
  readonly name: string;
  readonly layers: readonly Layer[];
}

/** A dense layer in its place, with the name that its tensors carry. */
export interface NamedDenseLayer extends DenseLayer {
  readonly name: string;
}

/** A dropout layer in its place, with the name that its random stream carries. */
export interface NamedDropoutLayer extends DropoutLayer {
  readonly name: string;
}

/** A layer of embeddings, with the name that its tables carry. */
export type NamedLookUpLayer = LookUpLayer & { readonly name: string };

/** A tensor that is trained. */
export interface Parameter {
  /** Index among the layers that have tensors, each table of embeddings counting as one. */
  readonly layer: number;
  readonly kind: ParameterKind;
  /** `<layer>/kernel`, `<layer>/bias`, `<layer>/embeddings` or `<layer>/<column>/embeddings`. */
  readonly name: string;
  /** [inputs, units], [units] or [categories, units]. */
  readonly shape: readonly number[];
  /** Product of the shape. */
  readonly size: number;
}

/** A trained tensor with its values. */
export interface NamedTensor {
  /** `<layer>/kernel`, `<layer>/bias`, `<layer>/embeddings` or `<layer>/<column>/embeddings`. */
  readonly name: string;
  /** [inputs, units], [units] or [categories, units]. */
  readonly shape: readonly number[];
  /** Row-major. */
  readonly data: Float32Array;
}

export const modelSchema: Schema<{ name: string; layers: Layer[] }> = fields({
  name: v.optional(
    v.pipe(v.string('a string of at least 1 character'), v.minLength(1, 'a string of at least 1 character')),
    'sequential',
  ),
  layers: v.array(
    layerSchema,
    'an array of layers, as dense(), dropout(), rescaling(), embedding() and tableInput() give,',
  ),
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

/**
 * Checks the layers and names those that have no name.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function describeModel(value: unknown, name: string): ModelDescription {
  const { name: modelName, layers } = check(modelSchema, value, name);
  const at = (index: number): string => `${name === '' ? '' : `${name}.`}layers[${index}]`;
  if (!layers.some((layer) => layer.kind === 'dense')) {
    throw expected('at least one dense layer', `${name === '' ? '' : `${name}.`}layers`, layers);
  }
  let dense = 0;
  let dropout = 0;
  const named = layers.map((layer, index): Layer => {
    if (index > 0 && layer.kind === 'rescaling') {
      throw expected('rescaling as the first layer only', at(index), layer);
    }
    if (index > 0 && layer.inputShape !== undefined) {
      throw expected('inputShape in the first layer only', `${at(index)}.inputShape`, layer.inputShape);
    }
    if (layer.kind === 'rescaling') return layer;
    if (layer.kind === 'embedding' || layer.kind === 'tableInput') return describeLookUp(layer, index, at(index));
    if (layer.kind === 'dropout') {
      if (layers[index + 1]?.kind !== 'dense')
        throw expected('a dense layer after dropout', at(index + 1), layers[index + 1]);
      dropout += 1;
      return { ...layer, name: layer.name ?? `dropout_${dropout}` };
    }
    dense += 1;
    return { ...layer, name: layer.name ?? `dense_${dense}` };
  });
  const model = { name: modelName, layers: named };
  checkNames(model, at);
  const dropouts = dropoutsOf(model).flatMap((layer) => (layer === null ? [] : [dropoutStream(layer.name)]));
  checkStreams([...parameterNames(model).map(initialStream), ...dropouts, SHUFFLE_STREAM]);
  return model;
}

function describeLookUp(layer: LookUpLayer, index: number, at: string): NamedLookUpLayer {
  if (index > 0) throw expected(`${layer.kind} as the first layer only`, at, layer);
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
  return first.kind === 'embedding' || first.kind === 'tableInput' ? (first as NamedLookUpLayer) : null;
}

/** For each dense layer the dropout before it, or null. */
export function dropoutsOf(model: ModelDescription): readonly (NamedDropoutLayer | null)[] {
  return model.layers.flatMap((layer, index) => {
    if (layer.kind !== 'dense') return [];
    const before = model.layers[index - 1];
    return [before?.kind === 'dropout' ? (before as NamedDropoutLayer) : null];
  });
}

/** The dense layers from the data to the outputs. */
export function denseLayers(model: ModelDescription): readonly NamedDenseLayer[] {
  return model.layers.filter((layer): layer is NamedDenseLayer => layer.kind === 'dense');
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

/** The trained tensors in model order: tables of embeddings; then each dense layer's kernel, and its bias if it has one. */
export function parametersOf(model: ModelDescription, inputs: number): readonly Parameter[] {
  const lookUp = lookUpLayer(model);
  const tables = lookUp === null ? [] : tablesOf(lookUp);
  const parameters = tables.map(({ name, categories, units }, layer): Parameter => {
    return { layer, kind: 'embeddings', name, shape: [categories, units], size: categories * units };
  });
  let columns = lookUp === null ? inputs : lookedUpUnits(lookUp, inputs);
  denseLayers(model).forEach(({ name, units, useBias }, index) => {
    const layer = tables.length + index;
    const size = columns * units;
    parameters.push({ layer, kind: 'kernel', name: `${name}/kernel`, shape: [columns, units], size });
    if (useBias) parameters.push({ layer, kind: 'bias', name: `${name}/bias`, shape: [units], size: units });
    columns = units;
  });
  return parameters;
}

function parameterNames(model: ModelDescription): string[] {
  return parametersOf(model, 1).map(({ name }) => name);
}

function checkNames(model: ModelDescription, at: (index: number) => string): void {
  const taken = new Set<string>();
  model.layers.forEach((layer, index) => {
    if (layer.kind === 'rescaling' || layer.name === undefined) return;
    if (taken.has(layer.name)) throw expected('a name that no other layer has', `${at(index)}.name`, layer.name);
    taken.add(layer.name);
  });
}
