/**
 * What went wrong, as a closed list that callers can switch over.
 *
 * An abort is not in it: an aborted call rejects with the `AbortSignal`'s own reason.
 */
export type SamebitsErrorCode =
  /** An argument or option has the wrong type or is out of range. */
  | 'ERR_SAMEBITS_ARGUMENT'
  /** Rows, columns or lengths do not fit each other. */
  | 'ERR_SAMEBITS_SHAPE'
  /** Values that cannot be trained on: not finite, labels out of range, no rows. */
  | 'ERR_SAMEBITS_DATA'
  /** A file is missing, truncated, or not what it says it is. */
  | 'ERR_SAMEBITS_FILE'
  /** The loss does not fit the last layer. */
  | 'ERR_SAMEBITS_LOSS'
  /** The object is not ready for this call: not compiled, or disposed. */
  | 'ERR_SAMEBITS_STATE'
  /** The model is already training. */
  | 'ERR_SAMEBITS_BUSY'
  /** A weight became infinite or NaN during training; `step` and `tensor` say where first. */
  | 'ERR_SAMEBITS_NON_FINITE'
  /** `deterministic: true` refuses what would make the run not repeatable. */
  | 'ERR_SAMEBITS_NOT_DETERMINISTIC'
  /** The instruction set is not in this build or not on this machine. */
  | 'ERR_SAMEBITS_ISA'
  /** The addon could not be loaded; the message lists every path tried and how to build it. */
  | 'ERR_SAMEBITS_NO_BINARY'
  /** The operating system refused threads or memory. */
  | 'ERR_SAMEBITS_RESOURCES';

/** Facts about an error beyond its message. */
export interface SamebitsErrorDetails {
  /** What caused it, where another error did. */
  readonly cause?: unknown;
  /** Training step, counted from 1, of an `ERR_SAMEBITS_NON_FINITE`. */
  readonly step?: number;
  /** Name of the tensor of an `ERR_SAMEBITS_NON_FINITE`, e.g. `dense_1/kernel`. */
  readonly tensor?: string;
  /** Row of a table, counted from 0, of an `ERR_SAMEBITS_DATA` or `ERR_SAMEBITS_FILE`. */
  readonly row?: number;
  /** Name of the column of a table. */
  readonly column?: string;
}

/**
 * Every error that samebits itself throws. Tell them apart by {@link SamebitsError.code}; messages may be reworded in
 * any version, codes only in a major one. A message is one line, but that of `ERR_SAMEBITS_NO_BINARY`.
 */
export class SamebitsError extends Error {
  readonly code: SamebitsErrorCode;
  declare readonly step?: number;
  declare readonly tensor?: string;
  declare readonly row?: number;
  declare readonly column?: string;

  constructor(code: SamebitsErrorCode, message: string, details: SamebitsErrorDetails = {}) {
    const text = code === 'ERR_SAMEBITS_NO_BINARY' ? message : oneLine(message);
    super(text, 'cause' in details ? { cause: details.cause } : undefined);
    this.code = code;
    if (details.step !== undefined) this.step = details.step;
    if (details.tensor !== undefined) this.tensor = details.tensor;
    if (details.row !== undefined) this.row = details.row;
    if (details.column !== undefined) this.column = details.column;
  }
}
// On the prototype, as with Node's own errors: not an enumerable property of each error.
Object.defineProperty(SamebitsError.prototype, 'name', { value: 'SamebitsError', configurable: true, writable: true });

/** Names and texts of files that are not trusted are parts of messages: none begins a line of a log, or moves a cursor. */
function oneLine(message: string): string {
  return message
    .replaceAll(/[\n\r\u2028\u2029]+/g, ' ')
    .replaceAll(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * The error for a value that is not what it should be.
 *
 * @example
 * throw expected('an integer from 1 to 256', 'threads', 0);
 * // SamebitsError: Expected an integer from 1 to 256 for threads but received 0 of type number
 *
 * @param what What would have been right, as a noun phrase.
 * @param name The argument, option or field, as the caller knows it.
 * @param received What came instead. It is rendered short and never runs code of the value: no getters, no `toString`.
 * @param code @default 'ERR_SAMEBITS_ARGUMENT'
 */
export function expected(
  what: string,
  name: string,
  received: unknown,
  code: SamebitsErrorCode = 'ERR_SAMEBITS_ARGUMENT',
): SamebitsError {
  return new SamebitsError(code, `Expected ${what} for ${name} but received ${render(received)}`);
}

/** Characters of a received string, and names of received elements, that a message repeats. */
const LONGEST_STRING = 60;
const MOST_ELEMENTS = 5;

/** `<value> of type <t>`, on one line. */
function render(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === 'function') return 'a function of type function';
  if (typeof value === 'object') return `${renderObject(value)} of type object`;
  return `${renderPrimitive(value)} of type ${typeof value}`;
}

function renderPrimitive(value: unknown): string {
  if (typeof value === 'string') {
    return JSON.stringify(value.length > LONGEST_STRING ? `${value.slice(0, LONGEST_STRING)}…` : value);
  }
  if (Object.is(value, -0)) return '-0';
  return typeof value === 'bigint' ? `${value}n` : String(value);
}

function renderObject(value: object): string {
  if (ArrayBuffer.isView(value)) {
    const kind = Object.prototype.toString.call(value).slice('[object '.length, -1);
    return 'length' in value ? `${kind}(${String(value.length)})` : kind;
  }
  if (Array.isArray(value)) return renderArray(value);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Object.prototype || prototype === null) {
    const keys = Object.keys(value);
    const shown = keys.slice(0, MOST_ELEMENTS).map((key) => renderKey(key));
    if (keys.length > MOST_ELEMENTS) shown.push('…');
    return shown.length === 0 ? '{}' : `{ ${shown.join(', ')} }`;
  }
  return `an instance of ${className(prototype)}`;
}

function renderArray(values: readonly unknown[]): string {
  const shown = values.slice(0, MOST_ELEMENTS).map((element) => {
    if (Array.isArray(element)) return `Array(${element.length})`;
    if (element !== null && (typeof element === 'object' || typeof element === 'function')) return typeof element;
    return renderPrimitive(element);
  });
  if (values.length > MOST_ELEMENTS) shown.push('…');
  return `[${shown.join(', ')}]`;
}

function renderKey(key: string): string {
  return /^[\w$]{1,40}$/.test(key) ? key : renderPrimitive(key);
}

function className(prototype: unknown): string {
  const owner = Object.getOwnPropertyDescriptor(Object(prototype), 'constructor')?.value;
  if (typeof owner !== 'function') return 'an unnamed class';
  const name = Object.getOwnPropertyDescriptor(owner, 'name')?.value;
  return typeof name === 'string' && name !== '' ? name : 'an unnamed class';
}
