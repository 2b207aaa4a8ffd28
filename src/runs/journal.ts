/**
 * Journals: files of JSON lines that grow, each line chained to those before it by a hash, so that a line that was changed,
 * dropped or moved is found, and a file can be cut back to where a checkpoint was made.
 *
 * A line is a JSON object whose last member is `chain`: the SHA-256, hexadecimal, of the chain of the line before (64 zeros
 * for the first) and of the line's own bytes before `,"chain":`.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { fields, integer, type Schema } from '../arguments.js';
import { writeFully } from './durable.js';
import { damaged, onDisk, refused } from './file-errors.js';
import { type OpenFile, openInside, readRange } from './inside.js';
import { digest, parseJson } from './json.js';

/** How far a journal is, and the hash of all that. */
export interface JournalEnd {
  readonly lines: number;
  readonly bytes: number;
  /** Of the last line. */
  readonly chain: string;
}

export const NO_LINES: JournalEnd = { lines: 0, bytes: 0, chain: '0'.repeat(64) };

export const journalEndSchema: Schema<JournalEnd> = fields({ lines: integer(0), bytes: integer(0), chain: digest });

/** Longer lines are no lines of ours. */
const LONGEST_LINE = 16 << 20;
const PART_BYTES = 1 << 18;
const LINE_FEED = 0x0a;
const CHAIN = ',"chain":"';
const CHAIN_BYTES = CHAIN.length + 64 + '"}'.length;

/** A journal that is written. */
export class JournalWriter {
  readonly #handle: FileHandle;
  readonly #path: string;
  #end: JournalEnd;

  private constructor(handle: FileHandle, path: string, end: JournalEnd) {
    this.#handle = handle;
    this.#path = path;
    this.#end = end;
  }

  /** Goes on behind `end`: what the file has beyond it is cut off. A missing file has no lines. */
  static async open(folder: string, name: string, end: JournalEnd): Promise<JournalWriter> {
    const path = join(folder, name);
    const handle =
      end.lines === 0
        ? await onDisk('a file that can be written', path, () => openNew(path))
        : (await openInside(folder, [name], 'r+')).handle;
    try {
      await handle.truncate(end.bytes);
      return new JournalWriter(handle, path, end);
    } catch (cause) {
      await handle.close();
      throw refused('a file that can be written', path, cause);
    }
  }

  get end(): JournalEnd {
    return this.#end;
  }

  /** Appends a line for each of these objects, at least one member each, in one go. */
  async append(values: readonly object[]): Promise<void> {
    if (values.length === 0) return;
    let { lines, bytes, chain } = this.#end;
    const parts = values.map((value) => {
      const text = JSON.stringify(value).slice(0, -1);
      chain = nextChain(chain, text);
      return `${text}${CHAIN}${chain}"}\n`;
    });
    const appended = Buffer.from(parts.join(''), 'utf8');
    await onDisk('a file that can be written', this.#path, () => writeFully(this.#handle, appended, bytes));
    lines += values.length;
    bytes += appended.length;
    this.#end = { lines, bytes, chain };
  }

  /** Brings all lines to the disk. */
  async sync(): Promise<void> {
    await onDisk('a file that can be written', this.#path, () => this.#handle.datasync());
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}

function openNew(path: string): Promise<FileHandle> {
  return open(path, constants.O_RDWR | constants.O_CREAT | (constants.O_NOFOLLOW ?? 0), 0o666);
}

function nextChain(chain: string, text: string | Uint8Array): string {
  return createHash('sha256').update(chain, 'latin1').update(text).digest('hex');
}

/** A line, and the journal's end behind it. */
export interface JournalLine {
  readonly value: unknown;
  readonly end: JournalEnd;
}

/** What of a journal is read. */
export interface ReadOptions {
  /** Where it must end, with this chain; what follows is not looked at. @default wherever it does */
  readonly until?: JournalEnd;
}

/**
 * The lines of a journal, one after another. Without `until`, a last line that was cut off (by a crash) is not read.
 *
 * @throws SamebitsError `ERR_SAMEBITS_FILE` at the line that is not what was written.
 */
export async function* readJournal(
  folder: string,
  name: string,
  { until }: ReadOptions = {},
): AsyncGenerator<JournalLine> {
  if (until?.lines === 0) return;
  const file = await openInside(folder, [name]);
  try {
    let end = NO_LINES;
    for await (const line of linesOf(file, until?.bytes ?? file.size)) {
      end = follow(end, line, file.path);
      yield { value: parseJson(line, `line ${end.lines} of ${file.path}`), end };
    }
    if (until !== undefined && (end.lines !== until.lines || end.bytes !== until.bytes || end.chain !== until.chain)) {
      throw damaged(`${until.lines} lines that end with the chain ${until.chain}`, file.path, end.chain);
    }
  } finally {
    await file.handle.close();
  }
}

function follow({ lines, bytes, chain }: JournalEnd, line: Buffer, file: string): JournalEnd {
  const at = `line ${lines + 1} of ${file}`;
  const body = line.subarray(0, Math.max(line.length - CHAIN_BYTES, 0));
  const next = nextChain(chain, body);
  const tail = line.subarray(body.length).toString('latin1');
  if (tail !== `${CHAIN}${next}"}`) throw damaged(`the end ${CHAIN}${next}"}`, at, tail);
  return { lines: lines + 1, bytes: bytes + line.length + 1, chain: next };
}

/** The bytes of each whole line among the first `bytes` bytes, without its line feed. */
async function* linesOf(file: OpenFile, bytes: number): AsyncGenerator<Buffer> {
  if (bytes > file.size) throw damaged(`at least ${bytes} bytes`, file.path, file.size);
  let open: Buffer = Buffer.alloc(0);
  for (let at = 0; at < bytes; at += PART_BYTES) {
    const part = await readRange(file, at, Math.min(PART_BYTES, bytes - at));
    let begin = 0;
    for (let end = part.indexOf(LINE_FEED); end >= 0; end = part.indexOf(LINE_FEED, begin)) {
      yield open.length === 0 ? part.subarray(begin, end) : Buffer.concat([open, part.subarray(begin, end)]);
      open = Buffer.alloc(0);
      begin = end + 1;
    }
    open = Buffer.concat([open, part.subarray(begin)]);
    if (open.length > LONGEST_LINE) throw damaged(`lines of at most ${LONGEST_LINE} bytes`, file.path, 'a longer one');
  }
}
