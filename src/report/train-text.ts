/** What `samebits train` says on standard output: what was inferred, and what came of it. */
import type { Preparation } from '../data/prepare/preparation.js';
import { printable } from '../data/table/table.js';
import type { Layer } from '../model/layers.js';
import type { Recipe } from '../model/recipe.js';
import { formatCount, formatMagnitude, formatPercent, formatSeconds } from './format.js';
import { decodeNumber } from './numbers.js';
import { wrapText } from './table.js';
import type { TrainDocument } from './train-document.js';

/** Columns of a terminal. */
const WIDTH = 80;

/** What is trained, before it is. */
export interface TrainOpening {
  readonly recipe: Recipe;
  readonly data: TrainDocument['data'];
  /** Null where the data are no table. */
  readonly table: { readonly summary: string; readonly preparation: Preparation } | null;
  readonly validates: boolean;
  /** Name of the column that says what rows weigh, or null. */
  readonly sampleWeights: string | null;
  /** Whether the rows are read while they are trained on. */
  readonly streamed: boolean;
}

const STREAMED =
  'Rows are read and prepared while the network is trained, and are never all in memory (--no-stream holds them there).';

/** The columns with their types, the task, the network. Ends without a line break. */
export function renderTrainOpening({ recipe, data, table, validates, sampleWeights, streamed }: TrainOpening): string {
  const rows = validates
    ? `${formatCount(data.rows)} rows to train on, ${formatCount(data.testRows)} to validate on`
    : `${formatCount(data.rows)} rows to train on`;
  const weighed = sampleWeights === null ? '' : ` Rows weigh what ${printable(sampleWeights)} says.`;
  return [
    ...(table === null ? [] : [...tableLines(data.name, table), '']),
    ...wrapText(
      `${table === null ? `${data.name}: ` : ''}${rows}; ${formatCount(data.columns)} features.${weighed}`,
      WIDTH,
    ).split('\n'),
    ...wrapText(recipeSentence(recipe), WIDTH).split('\n'),
    ...(streamed ? wrapText(STREAMED, WIDTH).split('\n') : []),
  ].join('\n');
}

function tableLines(name: string, { summary, preparation }: NonNullable<TrainOpening['table']>): string[] {
  const [head, ...columns] = summary.split('\n');
  const { task, target, classes } = preparation;
  const scaled = preparation.toJSON().target?.scaling === undefined ? '' : ', scaled while training';
  const kinds = classes === null ? scaled : ` of ${classes.length} classes`;
  return [
    `${printable(name)}: ${head}`,
    ...columns.map((line) => `  ${line}`.slice(0, WIDTH)),
    ...wrapText(`The task is ${task}: ${printable(String(target))}${kinds}.`, WIDTH).split('\n'),
  ];
}

/** Layers, loss, optimizer and fit in a sentence. */
export function recipeSentence({ model, loss, optimizer, fit, seed, reduction }: Recipe): string {
  const buffer = fit.shuffleBuffer === undefined ? '' : `shuffled among ${formatCount(fit.shuffleBuffer)} rows, `;
  const lossName = typeof loss === 'string' ? loss : loss.name;
  return (
    `The network: ${layersText(model.layers)}; ${lossName}, ${optimizer.name}; ${formatCount(fit.epochs)} epochs, batches of ` +
    `${formatCount(fit.batchSize)}, ${buffer}seed ${printable(String(seed))}, ${reduction} order.`
  );
}

function layersText(layers: readonly Layer[]): string {
  const texts = layers.map((layer) => {
    if (layer.kind === 'residual') return `residual (${layersText(layer.layers)})`;
    if (layer.kind !== 'dense') return layer.kind;
    const { activation } = layer;
    return `${layer.units} ${typeof activation === 'string' ? activation : activation.name}`;
  });
  return texts.join(', ');
}

/** The metrics in words, where the model is, and its fingerprint. */
export function renderTrainResult(document: TrainDocument): string {
  const { epochs, seconds, metrics, fingerprint, model } = document;
  const words = Object.entries(metrics).map(([name, value]) => `${name} ${metricText(name, decodeNumber(value))}`);
  return [
    ...wrapText(
      `${formatCount(epochs)} epoch${epochs === 1 ? '' : 's'} in ${formatSeconds(seconds)} s: ${words.join(', ')}.`,
      WIDTH,
    ).split('\n'),
    ...wrapText(bestSentence(document), WIDTH).split('\n').filter(Boolean),
    `Fingerprint: ${fingerprint}`,
    ...(model === null ? [] : [`The model: ${printable(model)}`]),
  ].join('\n');
}

/** Empty where no best epoch was kept. */
function bestSentence({ best, stopped, epochs }: TrainDocument): string {
  if (best === null) return '';
  const value = metricText(best.metric, decodeNumber(best.value));
  const why = stopped ? `Ended after epoch ${epochs}, as ${best.metric} got no better. ` : '';
  return `${why}The model has the weights of epoch ${best.epoch + 1} (${best.metric} ${value}), the fingerprint is of the last.`;
}

/** Accuracies as per cent, the others with four digits. */
export function metricText(name: string, value: number): string {
  return name.endsWith('accuracy') ? `${formatPercent(value, 2)} %` : formatMagnitude(value, 4);
}
