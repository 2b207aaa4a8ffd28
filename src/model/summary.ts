/** A model as a table of text. */
import type { Generator } from '../random/words.js';
import { activationText } from './activations.js';
import { type ModelDescription, type Parameter, parametersOf } from './description.js';
import { isLookUp, type LookUpLayer, lookedUpUnits, tablesOf } from './embeddings.js';
import type { Layer } from './layers.js';
import { givenSeeds, type SeedChoice } from './seeds.js';

/** What a summary tells beside the layers. */
export interface SummaryFacts extends SeedChoice {
  /** Columns of the data, if known. */
  readonly inputs: number | undefined;
  readonly seedDrawn: boolean;
  readonly generator: Generator;
}

/** The text of `summary()`: layers, output shapes, numbers of weights, and the seed. */
export function summaryText(model: ModelDescription, facts: SummaryFacts): string {
  const { inputs, seed, seeds, seedDrawn, generator } = facts;
  const own = givenSeeds(seeds).map(([use, given]) => `, ${use} ${JSON.stringify(given)}`);
  const parameters = inputs === undefined ? null : parametersOf(model, inputs);
  let units = inputs;
  const rowsOf = (layers: readonly Layer[], indent: string): Row[] =>
    layers.flatMap((layer): Row[] => {
      // A block's layers follow it, and add nothing to its units.
      const inner = layer.kind === 'residual' ? rowsOf(layer.layers, `${indent}  `) : [];
      if (layer.kind === 'dense') units = layer.units;
      if (isLookUp(layer)) units = inputs === undefined ? undefined : lookedUpUnits(layer, inputs);
      const own = parameters?.filter(({ name }) => namesOf(layer).some((prefix) => name.startsWith(prefix)));
      const count = own === undefined ? countOf(layer) : format(sizeOf(own));
      return [[indent + layerText(layer), `[rows, ${units ?? '?'}]`, count], ...inner];
    });
  const rows = rowsOf(model.layers, '');
  const total = parameters === null ? 'unknown until the first data' : format(sizeOf(parameters));
  return [
    `Model: ${model.name}`,
    ...table([['Layer', 'Output shape', 'Weights'], ...rows]),
    `Total weights: ${total}`,
    `Seed: ${JSON.stringify(seed)}${seedDrawn ? ' (drawn; pass it to sequential() to repeat)' : ''}${own.join('')}, generator ${generator}`,
  ].join('\n');
}

/** What the names of its tensors, or of those in it, begin with. */
function namesOf(layer: Layer): string[] {
  if (layer.kind === 'rescaling') return [];
  return layer.kind === 'residual' ? layer.layers.flatMap(namesOf) : [`${layer.name}/`];
}

function lookUpText(layer: LookUpLayer): string {
  if (layer.kind === 'embedding') return `${layer.name} (embedding, ${format(layer.categories)} × ${layer.units})`;
  const tables = layer.columns.flatMap(({ name, categories, units }) =>
    categories === undefined ? [] : [`${name} ${format(categories)} × ${units}`],
  );
  return [`${layer.name} (tableInput, ${layer.columns.length - tables.length} numbers`, ...tables]
    .join(', ')
    .concat(')');
}

function layerText(layer: Layer): string {
  if (layer.kind === 'rescaling') return layer.kind;
  if (layer.kind === 'dense') return `${layer.name} (dense, ${activationText(layer.activation)})`;
  if (isLookUp(layer)) return lookUpText(layer);
  if (layer.kind === 'activation') return `${layer.name} (${activationText(layer.activation)})`;
  if (layer.kind === 'gaussianNoise') return `${layer.name} (gaussianNoise, ${layer.stddev})`;
  return layer.kind === 'dropout' ? `${layer.name} (dropout, ${layer.rate})` : `${layer.name} (${layer.kind})`;
}

/** Where the data's columns are not known. */
function countOf(layer: Layer): string {
  const { kind } = layer;
  if (isLookUp(layer)) {
    return format(tablesOf(layer).reduce((sum, { categories, units }) => sum + categories * units, 0));
  }
  if (kind === 'layerNormalization') return layer.scale || layer.center ? '?' : '0';
  return kind === 'dense' || kind === 'batchNormalization' || kind === 'residual' ? '?' : '0';
}

type Row = readonly [string, string, string];

function table(rows: readonly Row[]): string[] {
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column].length)));
  const lines = rows.map(([layer, shape, count]) =>
    [layer.padEnd(widths[0]), shape.padEnd(widths[1]), count.padStart(widths[2])].join('  '),
  );
  const rule = '-'.repeat(widths[0] + widths[1] + widths[2] + 4);
  return [rule, lines[0], rule, ...lines.slice(1), rule];
}

function sizeOf(parameters: readonly Parameter[]): number {
  return parameters.reduce((sum, { size }) => sum + size, 0);
}

/** Thousands apart, whatever the locale. */
function format(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
