/** Arrays in NumPy's format (.npy): rows of numbers or booleans, one or two dimensions, in C order. */
import { expected, type SamebitsError } from '../../errors.js';
import { type ByteSource, isRepeatable, nameOf, readBytes } from './bytes.js';
import { type CellBatch, type CellSource, MOST_COLUMNS, type OpenCells } from './cells.js';

type Read = (view: DataView, at: number) => unknown;

/** By NumPy's name of the type; integers of 8 bytes are bigints here. */
const ELEMENTS: ReadonlyMap<string, readonly [bytes: number, read: Read]> = new Map<string, readonly [number, Read]>([
  ['|b1', [1, (view, at) => view.getUint8(at) !== 0]],
  ['|u1', [1, (view, at) => view.getUint8(at)]],
  ['|i1', [1, (view, at) => view.getInt8(at)]],
  ['<u2', [2, (view, at) => view.getUint16(at, true)]],
  ['<i2', [2, (view, at) => view.getInt16(at, true)]],
  ['<u4', [4, (view, at) => view.getUint32(at, true)]],
  ['<i4', [4, (view, at) => view.getInt32(at, true)]],
  ['<u8', [8, (view, at) => view.getBigUint64(at, true)]],
  ['<i8', [8, (view, at) => view.getBigInt64(at, true)]],
  ['<f4', [4, (view, at) => view.getFloat32(at, true)]],
  ['<f8', [8, (view, at) => view.getFloat64(at, true)]],
]);
const MAGIC = Buffer.from('\u0093NUMPY', 'latin1');
const MOST_HEADER = 1 << 16;

export function npyCells(source: ByteSource): CellSource {
  const name = nameOf(source);
  return {
    name,
    repeatable: isRepeatable(source),
    open: async () => {
      const pieces = readBytes(source);
      try {
        return await openArray(pieces, name);
      } catch (error) {
        await pieces.return();
        throw error;
      }
    },
  };
}

async function openArray(pieces: AsyncGenerator<Buffer, void, undefined>, name: string): Promise<OpenCells> {
  let start: Buffer = Buffer.alloc(0);
  for (let wanted = 12; start.length < wanted; ) {
    const next = await pieces.next();
    if (next.done === true) throw damaged(`at least ${wanted} bytes`, name, start.length);
    start = Buffer.concat([start, next.value]);
    if (start.length >= 12) wanted = headerEnd(start, name);
  }
  const end = headerEnd(start, name);
  const header = start.toString('latin1', start[6] === 1 ? 10 : 12, end);
  const descr = /'descr':\s*'([^']{1,8})'/.exec(header)?.[1] ?? '';
  const element = ELEMENTS.get(descr);
  if (element === undefined) throw damaged(`a type among ${[...ELEMENTS.keys()].join(', ')}`, name, descr);
  if (!/'fortran_order':\s*False/.test(header)) throw damaged('C order (fortran_order False)', name, header);
  const shape = /'shape':\s*\((\d{1,15}),\s*(?:(\d{1,15}),?\s*)?\)/.exec(header);
  if (shape === null) throw damaged('one or two dimensions', name, header);
  const [rows, columns] = [Number(shape[1]), Number(shape[2] ?? 1)];
  if (columns < 1 || columns > MOST_COLUMNS) throw damaged(`from 1 to ${MOST_COLUMNS} columns`, name, columns);
  const names = Array.from({ length: columns }, (_, column) => `column_${column}`);
  return { names, texts: false, batches: toBatches(start.subarray(end), pieces, element, rows, columns, name) };
}

/** First byte behind the header. */
function headerEnd(start: Buffer, name: string): number {
  const version = start[6];
  if (!start.subarray(0, 6).equals(MAGIC) || version < 1 || version > 3) {
    throw damaged('an npy file (which begins 93 NUMPY and version 1 to 3)', name, start.toString('hex', 0, 8));
  }
  const length = version === 1 ? start.readUInt16LE(8) : start.readUInt32LE(8);
  if (length > MOST_HEADER) throw damaged(`a header of at most ${MOST_HEADER} bytes`, name, length);
  return (version === 1 ? 10 : 12) + length;
}

async function* toBatches(
  first: Buffer,
  others: AsyncGenerator<Buffer, void, undefined>,
  [bytes, read]: readonly [number, Read],
  rows: number,
  columns: number,
  name: string,
): AsyncGenerator<CellBatch, void, undefined> {
  const rowBytes = bytes * columns;
  let rest = first;
  let firstRow = 0;
  try {
    for (;;) {
      const whole = Math.floor(rest.length / rowBytes);
      if (firstRow + whole > rows) throw damaged(`${rows} rows`, name, 'more');
      if (whole > 0) {
        const view = new DataView(rest.buffer, rest.byteOffset, whole * rowBytes);
        const cells = Array.from({ length: columns }, (_, column) =>
          Array.from({ length: whole }, (__, row) => read(view, row * rowBytes + column * bytes)),
        );
        yield { firstRow, rows: whole, cells };
        firstRow += whole;
        rest = rest.subarray(whole * rowBytes);
      }
      const next = await others.next();
      if (next.done === true) break;
      rest = Buffer.concat([rest, next.value]);
    }
    if (firstRow !== rows || rest.length > 0) throw damaged(`${rows} rows of ${rowBytes} bytes`, name, firstRow);
  } finally {
    await others.return();
  }
}

function damaged(what: string, name: string, received: unknown): SamebitsError {
  return expected(what, name, received, 'ERR_SAMEBITS_FILE');
}
