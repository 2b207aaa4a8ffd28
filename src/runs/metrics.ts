/** The metrics of a run's epochs, one line each. */
import * as v from 'valibot';
import { check, fields, integer } from '../arguments.js';
import { EVALUATED_NAMES, type EvaluatedName, validationName } from '../metrics/names.js';
import { damaged, inFile } from './file-errors.js';
import { type JournalEnd, readJournal } from './journal.js';
import { digest, jsonNumber, toJsonNumber } from './json.js';

export const METRICS_FILE = 'metrics.jsonl';

/** Metrics of validation that are computed of outputs. */
export type ValidationMetrics = { readonly [Name in EvaluatedName as `val_${Name}`]?: number };

/** Metrics of one epoch, by Keras's names. */
export interface RecordedMetrics extends ValidationMetrics {
  readonly loss: number;
  readonly accuracy?: number;
  readonly val_loss?: number;
  readonly val_accuracy?: number;
  /** Of the epoch's last step, where there is a schedule. */
  readonly learning_rate?: number;
}

const lineSchema = fields({
  epoch: integer(0),
  loss: jsonNumber,
  accuracy: v.optional(jsonNumber),
  val_loss: v.optional(jsonNumber),
  val_accuracy: v.optional(jsonNumber),
  ...Object.fromEntries(EVALUATED_NAMES.map((name) => [validationName(name), v.optional(jsonNumber)])),
  learning_rate: v.optional(jsonNumber),
  chain: digest,
});

/** The object of an epoch's line. */
export function metricsLine(epoch: number, metrics: RecordedMetrics): object {
  const numbers = Object.entries(metrics).map(([name, value]) => [name, toJsonNumber(value as number)]);
  return { epoch, ...Object.fromEntries(numbers) };
}

/**
 * The metrics of each epoch, from the first on.
 *
 * @param names Those that each epoch has, in this order.
 * @param until Where the file ends; without it, an unfinished run's last whole line.
 * @throws SamebitsError `ERR_SAMEBITS_FILE`
 */
export async function readMetrics(
  folder: string,
  names: readonly (keyof RecordedMetrics)[],
  until?: JournalEnd,
): Promise<readonly RecordedMetrics[]> {
  const epochs: RecordedMetrics[] = [];
  for await (const { value, end } of readJournal(folder, METRICS_FILE, until === undefined ? {} : { until })) {
    const at = `line ${end.lines}`;
    const { epoch, chain: _, ...metrics } = inFile(METRICS_FILE, () => check(lineSchema, value, at));
    const found = Object.keys(value as object).filter((name) => name in metrics);
    if (epoch !== epochs.length || found.join() !== names.join()) {
      throw damaged(
        `epoch ${epochs.length} with ${names.join()}`,
        `${at} of ${METRICS_FILE}`,
        `${epoch} with ${found.join()}`,
      );
    }
    const values: Partial<RecordedMetrics> = metrics;
    epochs.push(Object.fromEntries(names.map((name) => [name, values[name]])) as unknown as RecordedMetrics);
  }
  return epochs;
}
