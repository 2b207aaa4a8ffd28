/** The metrics of a run's epochs, one line each. */
import * as v from 'valibot';
import { check, fields, integer } from '../arguments.js';
import { damaged, inFile } from './file-errors.js';
import { type JournalEnd, readJournal } from './journal.js';
import { digest, jsonNumber, toJsonNumber } from './json.js';

export const METRICS_FILE = 'metrics.jsonl';

/** Metrics of one epoch, by Keras's names. */
export interface RecordedMetrics {
  readonly loss: number;
  readonly accuracy?: number;
  readonly val_loss?: number;
  readonly val_accuracy?: number;
  /** Of the epoch's last step, where there is a schedule. */
  readonly learning_rate?: number;
}

export { METRIC_NAMES, type MetricName } from '../native/schedule.js';

const lineSchema = fields({
  epoch: integer(0),
  loss: jsonNumber,
  accuracy: v.optional(jsonNumber),
  val_loss: v.optional(jsonNumber),
  val_accuracy: v.optional(jsonNumber),
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
    const found = Object.keys(metrics).join();
    if (epoch !== epochs.length || found !== names.join()) {
      throw damaged(
        `epoch ${epochs.length} with ${names.join()}`,
        `${at} of ${METRICS_FILE}`,
        `${epoch} with ${found}`,
      );
    }
    epochs.push(metrics as RecordedMetrics);
  }
  return epochs;
}
