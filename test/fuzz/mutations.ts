/** Damage: files changed at random, by a seed, in the ways that disks, editors and attackers have. */
import { createHash } from 'node:crypto';

/** Integers from 0 to below `bound`, and one of a list. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  below(bound: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) >>> 0;
    let z = Math.imul(this.#state ^ (this.#state >>> 16), 0x45d9_f3b5);
    z = Math.imul(z ^ (z >>> 15), 0x2c1b_3c6d);
    return ((z ^ (z >>> 13)) >>> 0) % bound;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)];
  }
}

type Mutation = (bytes: Buffer, dice: Dice) => Buffer;

const flipBits: Mutation = (bytes, dice) => {
  const copy = Buffer.from(bytes);
  for (let flips = 1 + dice.below(3); flips > 0; flips -= 1) copy[dice.below(copy.length)] ^= 1 << dice.below(8);
  return copy;
};

const truncate: Mutation = (bytes, dice) => bytes.subarray(0, dice.below(bytes.length));

const extend: Mutation = (bytes, dice) =>
  Buffer.concat([
    bytes,
    dice.of([Buffer.alloc(1 + dice.below(100)), bytes.subarray(0, 1 + dice.below(200)), Buffer.from('\n{}\n')]),
  ]);

const duplicate: Mutation = (bytes, dice) => {
  const begin = dice.below(bytes.length);
  const end = begin + 1 + dice.below(Math.min(bytes.length - begin, 200));
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(begin)]);
};

const drop: Mutation = (bytes, dice) => {
  const begin = dice.below(bytes.length);
  return Buffer.concat([bytes.subarray(0, begin), bytes.subarray(begin + 1 + dice.below(200))]);
};

const overwrite: Mutation = (bytes, dice) => {
  const copy = Buffer.from(bytes);
  const begin = dice.below(copy.length);
  copy.fill(dice.of([0, 0xff, 0x22, 0x7b, 0x5d, 0x30]), begin, Math.min(begin + 1 + dice.below(16), copy.length));
  return copy;
};

/** Texts that stand for a value, or for the beginning of one. */
const VALUES = [
  'null',
  'true',
  '-1',
  '0',
  '1',
  '1.5',
  '1e308',
  '9007199254740993',
  '4294967295',
  '1000000000000',
  '18446744073709551615',
  '""',
  '"../../etc/passwd"',
  '"__proto__"',
  '"NaN"',
  '[]',
  '{}',
  '[[[[[[[[]]]]]]]]',
  '{"__proto__":{"polluted":true}}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  `"${'x'.repeat(5000)}"`,
];

/** Replaces a number, a string or a literal of a JSON text, or puts a member before it. */
const editJson: Mutation = (bytes, dice) => {
  const text = bytes.toString('latin1');
  const values = [...text.matchAll(/(?<=[:,[]\s*)(?:"(?:[^"\\]|\\.)*"|-?\d[\d.e+-]*|true|false|null)(?=\s*[,\]}])/g)];
  const keys = [...text.matchAll(/"(?:[^"\\]|\\.)*"(?=\s*:)/g)];
  if (values.length === 0 || keys.length === 0) return flipBits(bytes, dice);
  if (dice.below(4) === 0) {
    const key = dice.of(keys);
    const replacement = dice.of(['"__proto__"', '"constructor"', '"x"', dice.of(keys)[0], `${key[0]}:1,${key[0]}`]);
    return splice(text, key.index, key[0].length, replacement);
  }
  const value = dice.of(values);
  return splice(text, value.index, value[0].length, dice.of([...VALUES, dice.of(values)[0]]));
};

function splice(text: string, at: number, length: number, replacement: string): Buffer {
  return Buffer.from(text.slice(0, at) + replacement + text.slice(at + length), 'latin1');
}

/** Counts and lengths at the borders of their types, in either order of bytes. */
const writeExtreme: Mutation = (bytes, dice) => {
  const copy = Buffer.from(bytes);
  const value = dice.of(['00', '01', '7f', '80', 'ff', 'ffff', 'ffffff7f', 'ffffffff', '00000010', 'ffffffffffffff7f']);
  const extreme = Buffer.from(value, 'hex');
  if (dice.below(2) === 0) extreme.reverse();
  extreme.copy(copy, dice.below(copy.length));
  return copy;
};

/** Puts one of these texts somewhere. */
function insertOne(texts: readonly string[]): Mutation {
  return (bytes, dice) => {
    const at = dice.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(dice.of(texts)), bytes.subarray(at)]);
  };
}

const ANY = [flipBits, truncate, extend, duplicate, drop, overwrite];
const IN_JSON = [...ANY, editJson, editJson, editJson];
const IN_NUMBERS = [...ANY, writeExtreme, writeExtreme, writeExtreme];

function mutateBy(mutations: readonly Mutation[], bytes: Buffer, dice: Dice): Buffer {
  let mutated = bytes;
  for (let left = 1 + dice.below(3); left > 0 && mutated.length > 0; left -= 1)
    mutated = dice.of(mutations)(mutated, dice);
  return mutated;
}

/** JSON with one to three changes; now and then the same. */
export function mutate(bytes: Buffer, dice: Dice): Buffer {
  return mutateBy(IN_JSON, bytes, dice);
}

/** As {@link mutate}, for a file of numbers and lengths. */
export function mutateNumbers(bytes: Buffer, dice: Dice): Buffer {
  return mutateBy(IN_NUMBERS, bytes, dice);
}

/** As {@link mutate}, for a text in which some texts mean something. */
export function mutateText(texts: readonly string[]): (bytes: Buffer, dice: Dice) => Buffer {
  const mutations = [...ANY, insertOne(texts), insertOne(texts), insertOne(texts)];
  return (bytes, dice) => mutateBy(mutations, bytes, dice);
}

/** As {@link mutate}, for a safetensors file, whose header's length is then right more often than not. */
export function mutateTensors(bytes: Buffer, dice: Dice): Buffer {
  if (dice.below(2) === 0) return mutate(bytes, dice);
  const length = Number(bytes.readBigUInt64LE());
  const header = mutate(bytes.subarray(8, 8 + length), dice);
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([head, header, bytes.subarray(8 + length)]);
}

/** As {@link mutateTensors}, half of the time in the JSON text that is an entry of the metadata. */
export function mutateMetadata(bytes: Buffer, dice: Dice, key: string): Buffer {
  if (dice.below(2) === 0) return mutateTensors(bytes, dice);
  const length = Number(bytes.readBigUInt64LE());
  const header = JSON.parse(bytes.toString('utf8', 8, 8 + length));
  header.__metadata__[key] = mutate(Buffer.from(header.__metadata__[key]), dice).toString();
  const text = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([head, text, bytes.subarray(8 + length)]);
}

/** Puts the right seal at the place where it belongs. */
export function reseal(bytes: Buffer, at: number): Buffer {
  if (bytes.length < at + 64) return bytes;
  const sealed = Buffer.from(bytes);
  sealed.fill('0', at, at + 64);
  sealed.write(createHash('sha256').update(sealed).digest('hex'), at, 'latin1');
  return sealed;
}

/** Puts the right chain at the end of each line that has one. */
export function rechain(bytes: Buffer): Buffer {
  let chain = '0'.repeat(64);
  const lines = bytes.toString('latin1').split('\n');
  const chained = lines.map((line) => {
    const body = /^(.*),"chain":"[^"]*"\}$/s.exec(line)?.[1];
    if (body === undefined) return line;
    chain = createHash('sha256').update(chain, 'latin1').update(body, 'latin1').digest('hex');
    return `${body},"chain":"${chain}"}`;
  });
  return Buffer.from(chained.join('\n'), 'latin1');
}

/** Puts the right checksum at the beginning of each line of a store of results. */
export function rechecksum(bytes: Buffer): Buffer {
  const lines = bytes.toString('latin1').split('\n');
  const summed = lines.map((line) => {
    const json = line.slice(17);
    const sum = createHash('sha256').update(Buffer.from(json, 'latin1').toString('utf8')).digest('hex');
    return line.length < 17 ? line : `${sum.slice(0, 16)} ${json}`;
  });
  return Buffer.from(summed.join('\n'), 'latin1');
}
