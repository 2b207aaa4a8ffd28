/**
 * Cells of one column of a row group, page by page. Pages and values are hyparquet's work; indices into a dictionary, of which most
 * files consist, go into typed arrays here: no object is made for a cell.
 */
import type { ColumnDecoder, PageHeader } from 'hyparquet/src/types.js';
import { MISSING_CODE } from './column.js';
import type { ParquetCells } from './parquet-messages.js';

type Hyparquet = Awaited<ReturnType<typeof loadHyparquet>>;

/** The parts of hyparquet that decode pages. */
export async function loadHyparquet() {
  const [column, convert, dataPage, encoding, schema, { compressors }] = await Promise.all([
    import('hyparquet/src/column.js'),
    import('hyparquet/src/convert.js'),
    import('hyparquet/src/datapage.js'),
    import('hyparquet/src/encoding.js'),
    import('hyparquet/src/schema.js'),
    import('hyparquet-compressors'),
  ]);
  return { ...column, ...convert, ...dataPage, ...encoding, ...schema, compressors };
}

/** What a column's cells become. */
export type CellKind = 'numbers' | 'texts' | 'others';

/**
 * All cells of a column.
 *
 * @param pages Of a flat column, headers checked.
 * @throws Error for what cannot be decoded
 */
export function decodeColumn(
  hyparquet: Hyparquet,
  pages: ArrayBuffer,
  rows: number,
  decoder: ColumnDecoder,
  kind: CellKind,
): ParquetCells {
  const collected = kind === 'numbers' ? new Numbers(rows) : kind === 'texts' ? new Texts(rows) : new Others();
  const reader = { view: new DataView(pages), offset: 0 };
  let dictionary: ArrayLike<unknown> | undefined;
  for (let done = 0; done < rows; ) {
    const header = hyparquet.parquetHeader(reader);
    if (header.type === 'DICTIONARY_PAGE') {
      const { data } = hyparquet.readPage(reader, header, decoder, undefined, undefined, 0);
      dictionary = hyparquet.convert(data ?? [], decoder);
      collected.setDictionary(dictionary);
      continue;
    }
    const { num_values: count = 0, encoding = '' } = header.data_page_header ?? header.data_page_header_v2 ?? {};
    if (dictionary !== undefined && encoding.endsWith('_DICTIONARY')) {
      const start = reader.view.byteOffset + reader.offset;
      const bytes = new Uint8Array(reader.view.buffer, start, header.compressed_page_size);
      reader.offset += header.compressed_page_size;
      const { indices, present } = readIndices(hyparquet, bytes, header, decoder);
      collected.addIndices(indices, present, count);
    } else {
      const { data } = hyparquet.readPage(reader, header, decoder, dictionary as never, undefined, 0);
      if (data === undefined || data.length !== count) throw new Error(`a page of ${data?.length} of ${count} values`);
      collected.addValues(data);
    }
    done += count;
  }
  return collected.finish();
}

interface Indices {
  /** Of the values that are there. */
  readonly indices: Uint32Array;
  /** 1 for each cell that has a value; null where all have. */
  readonly present: Uint8Array | null;
}

function readIndices(hyparquet: Hyparquet, bytes: Uint8Array, header: PageHeader, decoder: ColumnDecoder): Indices {
  const { codec, compressors, element } = decoder;
  const size = Number(header.uncompressed_page_size);
  const optional = element.repetition_type !== 'REQUIRED';
  const second = header.data_page_header_v2;
  let page = bytes;
  const present = optional ? new Uint8Array((second ?? header.data_page_header)?.num_values ?? 0) : null;
  if (second === undefined) {
    page = hyparquet.decompressPage(bytes, size, codec, compressors);
  } else {
    const levels = second.definition_levels_byte_length;
    const before = levels + second.repetition_levels_byte_length;
    if (second.repetition_levels_byte_length !== 0) throw new Error('repetitions in a flat column');
    if (present !== null) hyparquet.readRleBitPackedHybrid(readerOf(bytes.subarray(0, levels)), 1, present, levels);
    page = bytes.subarray(before);
    if (second.is_compressed !== false && size > before) {
      page = hyparquet.decompressPage(page, size - before, codec, compressors);
    }
  }
  const reader = readerOf(page);
  if (second === undefined && present !== null) hyparquet.readRleBitPackedHybrid(reader, 1, present);
  const count = (second ?? header.data_page_header)?.num_values ?? 0;
  let values = count;
  if (present !== null) for (let i = 0; i < count; i += 1) if (present[i] !== 1) values -= 1;
  const indices = new Uint32Array(values);
  const width = values === 0 ? 0 : reader.view.getUint8(reader.offset);
  reader.offset += 1;
  if (width > 31) throw new Error(`indices of ${width} bits`);
  if (width > 0) {
    hyparquet.readRleBitPackedHybrid(reader, width, indices, reader.view.byteLength - reader.offset);
  }
  return { indices, present: values === count ? null : present };
}

function readerOf(bytes: Uint8Array): { readonly view: DataView; offset: number } {
  return { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 };
}

interface Collector {
  setDictionary(values: ArrayLike<unknown>): void;
  addIndices(indices: Uint32Array, present: Uint8Array | null, count: number): void;
  /** With null or undefined for those that are missing. */
  addValues(values: ArrayLike<unknown>): void;
  finish(): ParquetCells;
}

class Numbers implements Collector {
  readonly #cells: Float64Array;
  #done = 0;
  #dictionary = new Float64Array(0);

  constructor(rows: number) {
    this.#cells = new Float64Array(rows);
  }

  setDictionary(values: ArrayLike<unknown>): void {
    this.#dictionary = Float64Array.from(values, toNumber);
  }

  addIndices(indices: Uint32Array, present: Uint8Array | null, count: number): void {
    checkIndices(indices, this.#dictionary.length);
    const [cells, dictionary] = [this.#cells, this.#dictionary];
    let next = 0;
    for (let i = 0; i < count; i += 1) {
      const there = present === null || present[i] === 1;
      cells[this.#done + i] = there ? dictionary[indices[next]] : Number.NaN;
      if (there) next += 1;
    }
    this.#done += count;
  }

  addValues(values: ArrayLike<unknown>): void {
    for (let i = 0; i < values.length; i += 1) this.#cells[this.#done + i] = toNumber(values[i]);
    this.#done += values.length;
  }

  finish(): ParquetCells {
    return this.#cells;
  }
}

class Texts implements Collector {
  readonly #codes: Uint32Array;
  readonly #known = new Map<string, number>();
  #done = 0;
  /** Codes of the dictionary's texts. */
  #dictionary = new Uint32Array(0);

  constructor(rows: number) {
    this.#codes = new Uint32Array(rows);
  }

  setDictionary(values: ArrayLike<unknown>): void {
    this.#dictionary = Uint32Array.from(values, (value) => this.#codeOf(value));
  }

  addIndices(indices: Uint32Array, present: Uint8Array | null, count: number): void {
    checkIndices(indices, this.#dictionary.length);
    const [codes, dictionary] = [this.#codes, this.#dictionary];
    let next = 0;
    for (let i = 0; i < count; i += 1) {
      const there = present === null || present[i] === 1;
      codes[this.#done + i] = there ? dictionary[indices[next]] : MISSING_CODE;
      if (there) next += 1;
    }
    this.#done += count;
  }

  addValues(values: ArrayLike<unknown>): void {
    for (let i = 0; i < values.length; i += 1) this.#codes[this.#done + i] = this.#codeOf(values[i]);
    this.#done += values.length;
  }

  finish(): ParquetCells {
    return { codes: this.#codes, texts: [...this.#known.keys()] };
  }

  #codeOf(value: unknown): number {
    if (value === null || value === undefined) return MISSING_CODE;
    if (typeof value !== 'string') throw new Error('a text that is none');
    const known = this.#known.get(value);
    if (known !== undefined) return known;
    const code = this.#known.size;
    this.#known.set(value, code);
    return code;
  }
}

class Others implements Collector {
  readonly #cells: unknown[] = [];
  #dictionary: ArrayLike<unknown> = [];

  setDictionary(values: ArrayLike<unknown>): void {
    this.#dictionary = values;
  }

  addIndices(indices: Uint32Array, present: Uint8Array | null, count: number): void {
    checkIndices(indices, this.#dictionary.length);
    let next = 0;
    for (let i = 0; i < count; i += 1) {
      const there = present === null || present[i] === 1;
      this.#cells.push(there ? this.#dictionary[indices[next]] : null);
      if (there) next += 1;
    }
  }

  addValues(values: ArrayLike<unknown>): void {
    for (let i = 0; i < values.length; i += 1) this.#cells.push(values[i]);
  }

  finish(): ParquetCells {
    return this.#cells;
  }
}

function checkIndices(indices: Uint32Array, size: number): void {
  for (let i = 0; i < indices.length; i += 1) {
    if (indices[i] >= size) throw new Error(`an index ${indices[i]} into a dictionary of ${size} values`);
  }
}

function toNumber(value: unknown): number {
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value === 'number') return value;
  if (typeof value === 'bigint') return Number(value);
  throw new Error('a number that is none');
}
