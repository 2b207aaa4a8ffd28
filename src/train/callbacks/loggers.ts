/** Files with a line for each epoch, for other programs to read. */
import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { check, fields, integer } from '../../arguments.js';
import { writeFully } from '../../runs/durable.js';
import { damaged, onDisk } from '../../runs/file-errors.js';
import { type JsonValue, toJsonNumber } from '../../runs/json.js';
import type { Callbacks } from '../fit-options.js';
import type { EpochMetrics } from '../run.js';

/**
 * Callbacks that write a line for each epoch to a CSV file, as Keras's `CSVLogger` does: `epoch` (from 0) and the metrics
 * in the history's order, under their names. Numbers are the shortest that give the binary64 back, or `NaN`,
 * `Infinity`, `-Infinity`; line feeds end lines.
 *
 * `fit` begins the file anew. `resume` goes on where the checkpoint was, so that the file has in the end the bytes that an
 * uninterrupted run would have written.
 *
 * @param file Its path; the folder exists.
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`; `fit` and `resume` reject with `ERR_SAMEBITS_FILE` for a file that cannot be
 * written, or that is shorter than it was at the checkpoint.
 */
export function csvLogger(file: string): Callbacks {
  return logger('csvLogger', file, (epoch, metrics) => {
    const head = epoch === 0 ? `${['epoch', ...Object.keys(metrics)].join(',')}\n` : '';
    return `${head}${[epoch, ...Object.values(metrics).map(toJsonNumber)].join(',')}\n`;
  });
}

/**
 * As {@link csvLogger}, with a JSON object in each line: `{"epoch":0,"loss":0.5}`. What JSON has no number for are the strings
 * `"NaN"`, `"Infinity"`, `"-Infinity"` and `"-0"`.
 *
 * @param file Its path; the folder exists.
 * @throws SamebitsError as {@link csvLogger}.
 */
export function jsonLogger(file: string): Callbacks {
  return logger('jsonLogger', file, (epoch, metrics) => {
    const values = Object.entries(metrics).map(([name, value]) => [name, toJsonNumber(value)]);
    return `${JSON.stringify({ epoch, ...Object.fromEntries(values) })}\n`;
  });
}

const PATH = 'the path of a file';
const pathSchema = v.pipe(v.string(PATH), v.minLength(1, PATH));
const stateSchema = fields({ bytes: integer(0) });

function logger(name: string, file: string, text: (epoch: number, metrics: EpochMetrics) => string): Callbacks {
  const path = resolve(check(pathSchema, file, `${name}.file`));
  let bytes = 0;
  /** Cuts the file to its first bytes and writes the text behind them. */
  const write = async (added: string, flags: string): Promise<void> => {
    const handle = await open(path, flags);
    try {
      const { size } = await handle.stat();
      if (size < bytes) throw damaged(`at least ${bytes} bytes, as at the checkpoint,`, path, size);
      if (size > bytes) await handle.truncate(bytes);
      const line = Buffer.from(added);
      await writeFully(handle, line, bytes);
      bytes += line.length;
    } finally {
      await handle.close();
    }
  };
  const onFile = (body: () => Promise<void>): Promise<void> => onDisk('a file that can be written', path, body);
  return {
    onEpochBegin: async (epoch) => {
      if (epoch > 0) return;
      bytes = 0;
      await onFile(() => write('', 'w'));
    },
    onEpochEnd: (epoch, metrics) => onFile(() => write(text(epoch, metrics), 'r+')),
    // What a checkpoint counts on is on the disk.
    getState: async () => {
      await onFile(async () => {
        const handle = await open(path, 'r+');
        await handle.sync().finally(() => handle.close());
      });
      return { bytes };
    },
    setState: async (state: JsonValue) => {
      bytes = check(stateSchema, state, `the state of ${name}`).bytes;
      await onFile(() => write('', 'r+'));
    },
  };
}
