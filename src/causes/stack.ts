/** Layers taken into and out of a stack, so that what stays keeps its place and its random streams. */
import { expected } from '../errors.js';
import { describeModel, isPlainStack, type ModelDescription } from '../model/description.js';
import type { DenseLayer, DropoutLayer, Layer } from '../model/layers.js';

/** A dense layer with the dropout before it. */
interface Stage {
  readonly dropout: DropoutLayer | null;
  readonly dense: DenseLayer;
}

/** `depth` hidden layers, at least 1: the first ones of the model's, then copies of its first. */
export function withDepth(model: ModelDescription, depth: number): ModelDescription {
  const stages = stagesOf(model);
  const hidden = stages.slice(0, -1);
  const output = stages[stages.length - 1];
  const { inputShape: _, name: __, ...dense } = hidden[0].dense;
  // What stands behind the first hidden layer: before it may be dropout of the data.
  const copy: Stage = { dropout: unnamed(stages[1].dropout), dense };
  const added = Array<Stage>(Math.max(0, depth - hidden.length)).fill(copy);
  return withStages(model, [...hidden.slice(0, depth), ...added, output]);
}

/** Each dropout layer with its rate; where there is none, one before each dense layer but the first. */
export function withDropoutRates(model: ModelDescription, rates: readonly number[]): ModelDescription {
  const stages = stagesOf(model);
  const none = stages.every(({ dropout }) => dropout === null);
  let taken = 0;
  const next = (): number => {
    taken += 1;
    return rates[taken - 1];
  };
  const changed = stages.map(({ dropout, dense }, index): Stage => {
    if (none && index > 0) return { dropout: { kind: 'dropout', rate: next() }, dense };
    return { dropout: dropout && { ...dropout, rate: next() }, dense };
  });
  return withStages(model, changed);
}

export function withoutDropout(model: ModelDescription): ModelDescription {
  checkPlain(model);
  const shape = model.layers[0].inputShape;
  const [first, ...rest] = model.layers.filter(({ kind }) => kind !== 'dropout');
  return { ...model, layers: [shape === undefined ? first : { ...first, inputShape: shape }, ...rest] };
}

function checkPlain(model: ModelDescription): void {
  if (!isPlainStack(model)) throw expected('dense layers and dropout only, for this cause,', 'recipe.model', model);
}

function stagesOf(model: ModelDescription): Stage[] {
  const { layers } = model;
  checkPlain(model);
  return layers.flatMap((dense, index) => {
    if (dense.kind !== 'dense') return [];
    const before = layers[index - 1];
    return [{ dropout: before?.kind === 'dropout' ? before : null, dense }];
  });
}

const FIRST_LAYERS: readonly Layer['kind'][] = ['rescaling', 'embedding', 'tableInput'];

/** The model with these stages behind its first layer, where that is one of data; layers that had been counted are counted anew. */
function withStages(model: ModelDescription, stages: readonly Stage[]): ModelDescription {
  const before = model.layers.filter(({ kind }) => FIRST_LAYERS.includes(kind));
  const counted = countedNames(model);
  const layers = stages.flatMap(({ dropout, dense }): Layer[] => [...(dropout === null ? [] : [dropout]), dense]);
  const recounted = layers.map((layer) => (counted.has(nameOf(layer)) ? unnamed(layer) : layer));
  return describeModel({ ...model, layers: [...before, ...recounted] }, 'recipe.model');
}

/** Names that are what a layer without a name would get in its place. */
function countedNames({ layers }: ModelDescription): Set<string | undefined> {
  const names = (kind: Layer['kind']) => layers.filter((layer) => layer.kind === kind).map(nameOf);
  const counted = (kind: 'dense' | 'dropout') => names(kind).filter((name, i) => name === `${kind}_${i + 1}`);
  return new Set([...counted('dense'), ...counted('dropout')]);
}

function nameOf(layer: Layer): string | undefined {
  return layer.kind === 'rescaling' ? undefined : layer.name;
}

function unnamed<T extends Layer | null>(layer: T): T {
  if (layer === null || layer.kind === 'rescaling') return layer;
  const { name: _, ...rest } = layer;
  return rest as T;
}
