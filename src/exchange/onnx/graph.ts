/** ONNX graphs, as https://github.com/onnx/onnx/blob/main/onnx/onnx.proto has them. */
import { canonicalBytes } from '../../data/canonical-bytes.js';
import { expected } from '../../errors.js';
import { version } from '../../native/version.js';
import { Message } from './protobuf.js';

/** The first version with LayerNormalization. */
const OPSET = 17;
/** Of 2022, as the opset. */
const IR_VERSION = 8;
/** `ai.onnx.ml`, for texts. */
export const ML_DOMAIN = 'ai.onnx.ml';
const ML_OPSET = 3;

/** Protocol buffers end there. */
const MOST_BYTES = 0x7fff_ffff;

/** Numbers of `TensorProto.DataType`. */
export const TYPES = { float: 1, int64: 7, string: 8, double: 11 } as const;

export type ElementType = keyof typeof TYPES;

/** A number is a float; a list is of floats or of texts. */
export type Attribute =
  | { readonly float: number }
  | { readonly int: number }
  | { readonly floats: readonly number[] }
  | { readonly strings: readonly string[] };

/** Name of a value in a graph. */
export type Value = string & { readonly value: unique symbol };

/** A graph that grows node after node. */
export class Graph {
  readonly #nodes: Message[] = [];
  readonly #initializers: Message[] = [];
  readonly #inputs: Message[] = [];
  readonly #outputs: Message[] = [];
  readonly #names = new Set<string>();
  #usesTexts = false;

  /**
   * An input [rows, columns].
   *
   * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for a name that is taken, or that no ONNX file can have.
   */
  input(name: string, type: ElementType, columns: number): Value {
    checkName(name);
    if (this.#names.has(name)) throw expected('different names of inputs', 'toOnnx', name);
    this.#names.add(name);
    this.#inputs.push(valueInfo(name, type, columns));
    return name as Value;
  }

  /** A value as output [rows, columns] of floats. */
  output(name: string, value: Value, columns: number): void {
    const unique = this.#unique(name);
    this.#nodes.push(nodeOf('Identity', [value], unique, {}, ''));
    this.#outputs.push(valueInfo(unique, 'float', columns));
  }

  /** A tensor of floats; NaN has one form. */
  floats(name: string, shape: readonly number[], data: Float32Array): Value {
    return this.#initializer(name, 'float', shape, Buffer.from(canonicalBytes(data)));
  }

  /** A list of integers. */
  integers(name: string, values: readonly number[]): Value {
    const raw = BigInt64Array.from(values, BigInt);
    return this.#initializer(name, 'int64', [values.length], new Uint8Array(raw.buffer));
  }

  /** A number, for all elements. */
  constant(name: string, type: 'float' | 'double', value: number): Value {
    const data = type === 'float' ? Float32Array.of(value) : Float64Array.of(value);
    return this.#initializer(name, type, [1], new Uint8Array(data.buffer));
  }

  /** The output of a node. */
  node(
    operator: string,
    inputs: readonly Value[],
    name: string,
    attributes: Readonly<Record<string, Attribute>> = {},
    domain: '' | typeof ML_DOMAIN = '',
  ): Value {
    const output = this.#unique(name);
    if (domain === ML_DOMAIN) this.#usesTexts = true;
    this.#nodes.push(nodeOf(operator, inputs, output, attributes, domain));
    return output;
  }

  /**
   * The file.
   *
   * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT` for more than a file can hold.
   */
  toBytes(name: string, metadata: Readonly<Record<string, string>>): Uint8Array {
    checkName(name);
    const graph = new Message()
      .messages(1, this.#nodes)
      .text(2, name)
      .messages(5, this.#initializers)
      .messages(11, this.#inputs)
      .messages(12, this.#outputs);
    const model = new Message()
      .int(1, IR_VERSION)
      .text(2, 'samebits')
      .text(3, version)
      .message(7, graph)
      .message(8, new Message().text(1, '').int(2, OPSET));
    if (this.#usesTexts) model.message(8, new Message().text(1, ML_DOMAIN).int(2, ML_OPSET));
    for (const [key, value] of Object.entries(metadata)) {
      model.message(14, new Message().text(1, key).text(2, value));
    }
    if (model.length > MOST_BYTES) throw expected('a model of less than 2 GiB', 'toOnnx', model.length);
    return model.toBytes();
  }

  #initializer(name: string, type: ElementType, shape: readonly number[], raw: Uint8Array): Value {
    const unique = this.#unique(name);
    const tensor = new Message();
    for (const dimension of shape) tensor.int(1, dimension);
    this.#initializers.push(tensor.int(2, TYPES[type]).text(8, unique).bytes(9, raw));
    return unique;
  }

  /** A name that no other value has: inputs came first, and keep theirs. */
  #unique(name: string): Value {
    checkName(name);
    let unique = name;
    for (let i = 2; this.#names.has(unique); i += 1) unique = `${name}_${i}`;
    this.#names.add(unique);
    return unique as Value;
  }
}

function nodeOf(
  operator: string,
  inputs: readonly Value[],
  output: string,
  attributes: Readonly<Record<string, Attribute>>,
  domain: string,
): Message {
  const node = new Message();
  for (const input of inputs) node.text(1, input);
  node.text(2, output).text(3, output).text(4, operator);
  for (const [name, attribute] of Object.entries(attributes)) node.message(5, attributeOf(name, attribute));
  return domain === '' ? node : node.text(7, domain);
}

/** With `AttributeProto.type`. */
function attributeOf(name: string, attribute: Attribute): Message {
  const message = new Message().text(1, name);
  if ('float' in attribute) return message.float(2, attribute.float).int(20, 1);
  if ('int' in attribute) return message.int(3, attribute.int).int(20, 2);
  if ('floats' in attribute) {
    for (const value of attribute.floats) message.float(7, value);
    return message.int(20, 6);
  }
  for (const value of attribute.strings) message.text(9, value);
  return message.int(20, 8);
}

/** `rows` is a name, not a number: any. */
function valueInfo(name: string, type: ElementType, columns: number): Message {
  const rows = new Message().text(2, 'rows');
  const shape = new Message().message(1, rows).message(1, new Message().int(1, columns));
  const tensor = new Message().int(1, TYPES[type]).message(2, shape);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}

/**
 * What programs that read or print a graph may do with other characters is anybody's guess.
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
function checkName(name: string): void {
  if (name !== '' && !/[\p{Cc}\p{Cs}\u2028\u2029]/u.test(name)) return;
  throw expected('a name of at least one character, without control characters,', 'toOnnx', name);
}
