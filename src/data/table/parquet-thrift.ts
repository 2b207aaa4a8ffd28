/**
 * A look at what a Parquet file says in Thrift's compact protocol, before hyparquet makes objects of it: it makes lists of any length that
 * is claimed, each within the other. The protocol: https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
 */

const STOP = 0;
const TRUE = 1;
const FALSE = 2;
const BYTE = 3;
const I16 = 4;
const I32 = 5;
const I64 = 6;
const DOUBLE = 7;
const BINARY = 8;
const LIST = 9;
const STRUCT = 12;

/** Structs and lists within each other; those of Parquet are eight deep. */
const MOST_NESTED = 24;
/** Fields of a struct; the largest of Parquet has seventeen. */
const MOST_FIELDS = 64;
/** Of a number of 64 bits. */
const MOST_VARINT_BYTES = 10;

/**
 * Goes through one struct; makes nothing.
 *
 * @param begin Its first byte.
 * @param most Fields and elements of lists: each becomes about 130 bytes at most, beside those it has.
 * @throws Error for one that does not end within the bytes, or has more
 */
export function checkStruct(bytes: Uint8Array, begin: number, most: number): void {
  new Scan(bytes, begin, most).struct(0);
}

class Scan {
  readonly #bytes: Uint8Array;
  #at: number;
  #left: number;

  constructor(bytes: Uint8Array, begin: number, most: number) {
    this.#bytes = bytes;
    this.#at = begin;
    this.#left = most;
  }

  struct(depth: number): void {
    if (depth > MOST_NESTED) throw new Error(`more than ${MOST_NESTED} structs and lists within each other`);
    for (let fields = 0; ; fields += 1) {
      const head = this.#byte();
      const type = head & 0x0f;
      if (type === STOP) return;
      if (fields === MOST_FIELDS) throw new Error(`a struct of more than ${MOST_FIELDS} fields`);
      // Else the field's number is told by its distance from the last one.
      if (head >> 4 === 0) this.#varint();
      this.#count(1);
      if (type !== TRUE && type !== FALSE) this.#value(type, depth);
    }
  }

  #value(type: number, depth: number): void {
    if (type === BYTE) this.#skip(1);
    else if (type === I16 || type === I32 || type === I64) this.#varint();
    else if (type === DOUBLE) this.#skip(8);
    else if (type === BINARY) this.#skip(this.#varint());
    else if (type === LIST) this.#list(depth + 1);
    else if (type === STRUCT) this.struct(depth + 1);
    else throw new Error(`a value of Thrift's type ${type}`);
  }

  #list(depth: number): void {
    if (depth > MOST_NESTED) throw new Error(`more than ${MOST_NESTED} structs and lists within each other`);
    const head = this.#byte();
    const given = head >> 4;
    const size = given === 15 ? this.#varint() : given;
    // Of each element there is a byte at least.
    if (size > this.#bytes.length - this.#at) {
      throw new Error(`a list of ${size} in ${this.#bytes.length - this.#at} bytes`);
    }
    this.#count(size);
    const element = head & 0x0f;
    // In a list a boolean has a byte of its own.
    const type = element === TRUE || element === FALSE ? BYTE : element;
    for (let i = 0; i < size; i += 1) this.#value(type, depth);
  }

  #count(values: number): void {
    this.#left -= values;
    if (this.#left < 0) throw new Error('more fields and elements than any file needs');
  }

  #byte(): number {
    if (this.#at >= this.#bytes.length) throw new Error('a struct that does not end');
    const byte = this.#bytes[this.#at];
    this.#at += 1;
    return byte;
  }

  #skip(bytes: number): void {
    if (bytes > this.#bytes.length - this.#at) {
      throw new Error(`a value of ${bytes} in ${this.#bytes.length - this.#at} bytes`);
    }
    this.#at += bytes;
  }

  /** As a number without sign; inexact beyond 2^53, where it is no size of anything. */
  #varint(): number {
    let value = 0;
    for (let place = 1, i = 0; i < MOST_VARINT_BYTES; i += 1, place *= 128) {
      const byte = this.#byte();
      value += (byte & 0x7f) * place;
      if (byte < 0x80) return value;
    }
    throw new Error(`a number of more than ${MOST_VARINT_BYTES} bytes`);
  }
}
