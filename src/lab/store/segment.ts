/**
 * Segments: two files of one process, only ever appended to. `<name>.jsonl` has a line for each result, begun by a
 * checksum; `<name>.bin` has the arrays, written before the line that names them. So a process that is killed leaves
 * whole lines whose arrays are there, and perhaps a torn tail, which its checksum tells.
 */
import { createHash, randomBytes } from 'node:crypto';
import { closeSync, fstatSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Task } from '../experiment/task.js';
import type { Outcome } from '../tasks/outcome.js';
import { openRegular, readAt } from './regular-file.js';
import type { KeptArray, KeptRecord } from './result-schemas.js';

const CHECKSUM_DIGITS = 16;
const NEW_LINE = 0x0a;
const READ_BYTES = 1 << 20;
/** Longer lines are no results. */
export const MOST_LINE_BYTES = 1 << 26;

/** Names of segments; nothing else in the folder is read as one. */
export const SEGMENT_NAME = /^[0-9a-f]{16}$/;

/** A finished task on its way into a segment. */
export interface Finished {
  readonly key: string;
  readonly kind: Task['kind'];
  readonly outcome: Outcome;
}

/** Where a line lies. */
export interface Place {
  readonly offset: number;
  readonly bytes: number;
}

/** A fresh segment, open for appending. */
export class SegmentWriter {
  readonly name = randomBytes(8).toString('hex');
  readonly #lines: number;
  readonly #binary: number;
  #linesEnd = 0;
  #binaryEnd = 0;

  constructor(folder: string) {
    this.#lines = openSync(join(folder, `${this.name}.jsonl`), 'ax');
    this.#binary = openSync(join(folder, `${this.name}.bin`), 'ax');
  }

  /** Once it returns, the results outlive this process. */
  append(finished: readonly Finished[]): readonly Place[] {
    const places: Place[] = [];
    const lines: Buffer[] = [];
    for (const { key, kind, outcome } of finished) {
      const arrays = Object.entries(outcome.arrays).map(([name, values]) =>
        this.#keep(name as KeptArray['name'], values),
      );
      const record: KeptRecord = { task: key, kind, result: outcome.result, arrays };
      const line = encodeLine(record);
      places.push({ offset: this.#linesEnd, bytes: line.length });
      this.#linesEnd += line.length;
      lines.push(line);
    }
    writeAll(this.#lines, Buffer.concat(lines));
    return places;
  }

  #keep(name: KeptArray['name'], values: Float32Array): KeptArray {
    const bytes = bytesOf(values);
    const offset = this.#binaryEnd;
    writeAll(this.#binary, bytes);
    this.#binaryEnd += bytes.length;
    return { name, offset, length: values.length, hash: sha256(bytes) };
  }

  /** Onto the disk itself: then they outlive the machine's failure too. */
  close(): void {
    fsyncSync(this.#binary);
    fsyncSync(this.#lines);
    closeSync(this.#binary);
    closeSync(this.#lines);
  }
}

/**
 * A segment that is there. Its files are opened for each reading: a store may have more segments than a process may have
 * open files. Links are not followed: a store names no files outside itself.
 */
export class SegmentReader {
  readonly #lines: string;
  readonly #binary: string;

  constructor(folder: string, name: string) {
    this.#lines = join(folder, `${name}.jsonl`);
    this.#binary = join(folder, `${name}.bin`);
  }

  /** Calls `take` for each whole line, and `damaged` once for each stretch that is none. */
  scan(take: (record: unknown, place: Place) => void, damaged: () => void): void {
    withFile(this.#lines, (file) => {
      let rest: Buffer = Buffer.alloc(0);
      let offset = 0;
      for (let at = 0; rest.length <= MOST_LINE_BYTES; ) {
        const chunk = readAt(file, at, READ_BYTES);
        if (chunk.length === 0) break;
        at += chunk.length;
        rest = Buffer.concat([rest, chunk]);
        let start = 0;
        for (let end = rest.indexOf(NEW_LINE); end >= 0; end = rest.indexOf(NEW_LINE, start)) {
          const bytes = end + 1 - start;
          const record = decodeLine(rest.subarray(start, end + 1));
          if (record === undefined) damaged();
          else take(record, { offset, bytes });
          offset += bytes;
          start = end + 1;
        }
        rest = rest.subarray(start);
      }
      if (rest.length > 0) damaged();
    });
  }

  /** A line that {@link scan} found; undefined where it is no longer what it was. */
  read({ offset, bytes }: Place): unknown {
    return withFile(this.#lines, (file) => {
      const line = readAt(file, offset, bytes);
      return line.length === bytes ? decodeLine(line) : undefined;
    });
  }

  /** Null where the bytes are not those that were kept. */
  readArray({ offset, length, hash }: KeptArray): Float32Array | null {
    return (
      withFile(this.#binary, (file) => {
        if (4 * length > fstatSync(file).size - offset) return null;
        const bytes = readAt(file, offset, 4 * length);
        if (bytes.length !== 4 * length || sha256(bytes) !== hash) return null;
        if (!LITTLE_ENDIAN) bytes.swap32();
        return new Float32Array(bytes.buffer, bytes.byteOffset, length);
      }) ?? null
    );
  }
}

/** What `use` gives for an open file; undefined where it cannot be opened, or is no regular file. */
function withFile<T>(path: string, use: (file: number) => T): T | undefined {
  let file: number;
  try {
    file = openRegular(path);
  } catch {
    return undefined;
  }
  try {
    return use(file);
  } finally {
    closeSync(file);
  }
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

const LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function bytesOf(values: Float32Array): Buffer {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  return LITTLE_ENDIAN ? bytes : Buffer.from(bytes).swap32();
}

function encodeLine(record: KeptRecord): Buffer {
  const json = JSON.stringify(record, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  );
  return Buffer.from(`${checksum(json)} ${json}\n`);
}

function decodeLine(line: Buffer): unknown {
  const json = line.toString('utf8', CHECKSUM_DIGITS + 1, line.length - 1);
  if (line[CHECKSUM_DIGITS] !== 0x20 || line.toString('latin1', 0, CHECKSUM_DIGITS) !== checksum(json))
    return undefined;
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function checksum(json: string): string {
  return createHash('sha256').update(json).digest('hex').slice(0, CHECKSUM_DIGITS);
}

function writeAll(file: number, bytes: Buffer): void {
  for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
}
