import { dense, prepare, sequential, tableInput, tableOf, toOnnx } from 'samebits';
import { describe, expect, it } from 'vitest';
import { session } from '../exchange/onnxruntime.js';
import { FILES, fuzz, gently, TIMEOUT } from './fuzz.js';
import type { Dice } from './mutations.js';

const PARTS = [
  'a',
  'x',
  '/',
  '.',
  ' ',
  '"',
  '\\',
  "'",
  'é',
  '日本',
  '\u{1f600}',
  'outputs',
  'features',
  '__proto__',
  'constructor',
  'dense_1/kernel',
  '_2',
  '?',
  '=',
  '%s',
  '$x',
  '<b>',
  '\0',
  '\n',
  '\u001b[2J',
  '\u007f',
  '\u0085',
  '\u2028',
  '\ud800',
  '\u202e',
  'a'.repeat(300),
];

/** What people, programs and attackers call a column. */
function hostileName(dice: Dice): string {
  return Array.from({ length: 1 + dice.below(3) }, () => dice.of(PARTS)).join('');
}

const CODES = ['ERR_SAMEBITS_ARGUMENT', 'ERR_SAMEBITS_DATA', 'ERR_SAMEBITS_SHAPE'] as const;
/** A session takes a hundred times as long as an export. */
const RUN_EVERY = 20;

describe('an export to ONNX', () => {
  it(`of hostile names gives a typed error, or a graph that onnxruntime loads: ${FILES} files`, TIMEOUT, async () => {
    const { read, refused } = await fuzz('onnx', FILES, ({ index, dice, what }) =>
      gently(
        what,
        async () => {
          const bytes = dice.below(2) === 0 ? ofLayers(dice) : ofTable(dice);
          if (index % RUN_EVERY === 0) await (await session(bytes)).release();
          return bytes;
        },
        CODES,
      ),
    );
    expect(read).toBeGreaterThan(FILES / 10);
    expect(refused).toBeGreaterThan(FILES / 10);
  });
});

function ofLayers(dice: Dice): Uint8Array {
  const columns = [{ name: hostileName(dice) }, { name: hostileName(dice), categories: 3, units: 2 }];
  const layers = [
    tableInput({ columns, name: hostileName(dice) }),
    dense({ units: 2, activation: 'tanh', name: hostileName(dice) }),
    dense({ units: 1, name: hostileName(dice) }),
  ];
  const model = sequential({ layers, seed: 1, name: hostileName(dice) });
  try {
    return toOnnx(model);
  } finally {
    model.dispose();
  }
}

function ofTable(dice: Dice): Uint8Array {
  const target = hostileName(dice);
  const table = tableOf(
    Object.fromEntries([
      [hostileName(dice), [1, 2, null]],
      [hostileName(dice), [hostileName(dice), null, hostileName(dice)]],
      [hostileName(dice), [new Date(0), new Date(1e12), null]],
      [target, [hostileName(dice), hostileName(dice), 'no']],
    ]),
  );
  const { preparation } = prepare(table, { target, categories: { indicator: dice.below(2) === 0 } });
  const layers = [dense({ units: 3, inputShape: [preparation.features.length] })];
  const model = sequential({ layers, seed: 1 });
  try {
    return toOnnx(model, { preparation });
  } finally {
    model.dispose();
  }
}
