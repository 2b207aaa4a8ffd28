/** Traces: what a run's weights were after each step or epoch, small enough to be kept and compared line by line. */
import * as v from 'valibot';
import { check, fields, integer, oneOf, type Schema } from '../arguments.js';
import { damaged, inFile } from './file-errors.js';
import { type JournalEnd, type JournalLine, readJournal } from './journal.js';
import { digest, jsonNumber, text, toJsonNumber } from './json.js';

export const TRACE_FILE = 'trace.jsonl';

/** How often weights are marked. */
export type TraceInterval = 'epoch' | 'step';

/** What the first line of a trace says. */
export interface TraceHead {
  readonly every: TraceInterval;
  /** Names of the trained tensors, in model order. */
  readonly tensors: readonly string[];
}

/** One point of a run. */
export interface TraceEntry {
  /** `start`: the weights before the first step; `step`: after a step; `epoch`: after the last step of an epoch. */
  readonly kind: 'start' | 'step' | 'epoch';
  /** Steps of this run that were made. */
  readonly step: number;
  /** Of `epoch`: counted from 0 in this run. Null for the others. */
  readonly epoch: number | null;
  /** Mean loss of the step's batch, or of the epoch, before the updates. Null at the start. */
  readonly loss: number | null;
  /** The mark of each tensor's weights (docs/numerics.md, "Fingerprint"), 16 hexadecimal digits, in model order. */
  readonly marks: readonly string[];
  /** SHA-256 of the weights, of `start` and `epoch`. Null for steps. */
  readonly fingerprint: string | null;
}

/** A trace in memory. */
export interface Trace extends TraceHead {
  readonly entries: readonly TraceEntry[];
}

const mark: Schema<string> = v.custom<string>(
  (value) => typeof value === 'string' && /^[0-9a-f]{16}$/.test(value),
  '16 hexadecimal digits',
);
const marks = v.array(mark, 'an array of marks');

const headSchema = fields({
  trace: v.literal(1, '1'),
  every: oneOf(['epoch', 'step'] as const),
  tensors: v.array(text(1024), 'an array of names'),
  chain: digest,
});

const lineSchema = v.variant(
  'kind',
  [
    fields({ kind: v.literal('start'), step: v.literal(0, '0'), marks, fingerprint: digest, chain: digest }),
    fields({ kind: v.literal('step'), step: integer(1), loss: jsonNumber, marks, chain: digest }),
    fields({
      kind: v.literal('epoch'),
      step: integer(1),
      epoch: integer(0),
      loss: jsonNumber,
      marks,
      fingerprint: digest,
      chain: digest,
    }),
  ],
  "an entry of kind 'start', 'step' or 'epoch'",
);

/** The first line's object. */
export function traceHeadLine({ every, tensors }: TraceHead): object {
  return { trace: 1, every, tensors };
}

/** The object of an entry's line. */
export function traceLine({ kind, step, epoch, loss, marks, fingerprint }: TraceEntry): object {
  return {
    kind,
    step,
    ...(epoch === null ? {} : { epoch }),
    ...(loss === null ? {} : { loss: toJsonNumber(loss) }),
    marks,
    ...(fingerprint === null ? {} : { fingerprint }),
  };
}

/** A mark as it is written. */
export function markText(mark: bigint): string {
  return mark.toString(16).padStart(16, '0');
}

/** A trace that is read line by line. */
export interface TraceReader extends TraceHead {
  /** In the order of the run. The file is opened when iteration begins, and closed when it ends. */
  readonly entries: AsyncIterable<TraceEntry>;
}

/**
 * A run's trace. Its iteration throws `ERR_SAMEBITS_FILE` at the line that is not what was written.
 *
 * @param until Where it ends; without it, an unfinished run's last whole line.
 */
export function readTrace(folder: string, head: TraceHead, until?: JournalEnd): TraceReader {
  const options = until === undefined ? {} : { until };
  return {
    ...head,
    entries: { [Symbol.asyncIterator]: () => entriesOf(readJournal(folder, TRACE_FILE, options), head) },
  };
}

async function* entriesOf(lines: AsyncGenerator<JournalLine>, head: TraceHead): AsyncGenerator<TraceEntry> {
  let previous: TraceEntry | null = null;
  let epochs = 0;
  for await (const { value, end } of lines) {
    const at = `line ${end.lines} of ${TRACE_FILE}`;
    if (end.lines === 1) {
      checkHead(value, head, at);
      continue;
    }
    const entry = parseEntry(value, at);
    if (entry.marks.length !== head.tensors.length) {
      throw damaged(`${head.tensors.length} marks`, at, entry.marks.length);
    }
    if (!follows(previous, entry, head.every) || (entry.epoch !== null && entry.epoch !== epochs)) {
      const before = previous === null ? 'the head' : `${previous.kind} ${previous.step}`;
      throw damaged(`what follows ${before}`, at, `${entry.kind} ${entry.step}`);
    }
    if (entry.kind === 'epoch') epochs += 1;
    yield entry;
    previous = entry;
  }
}

function checkHead(value: unknown, head: TraceHead, at: string): void {
  const { every, tensors } = inFile(TRACE_FILE, () => check(headSchema, value, at));
  if (every !== head.every || tensors.join('\n') !== head.tensors.join('\n')) {
    throw damaged(`a trace of every ${head.every} and of ${head.tensors.length} tensors`, at, tensors);
  }
}

/** Whether an entry's place is behind the previous one. */
function follows(previous: TraceEntry | null, { kind, step }: TraceEntry, every: TraceInterval): boolean {
  if (previous === null) return kind === 'start';
  if (every === 'epoch') return kind === 'epoch' && step > previous.step;
  if (kind === 'step') return step === previous.step + 1;
  return kind === 'epoch' && previous.kind === 'step' && step === previous.step;
}

function parseEntry(value: unknown, at: string): TraceEntry {
  const line = inFile(TRACE_FILE, () => check(lineSchema, value, at));
  return {
    kind: line.kind,
    step: line.step,
    epoch: line.kind === 'epoch' ? line.epoch : null,
    loss: line.kind === 'start' ? null : line.loss,
    marks: line.marks,
    fingerprint: line.kind === 'step' ? null : line.fingerprint,
  };
}
