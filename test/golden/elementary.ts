/** What elementary.json holds, computed by the oracle: for each function, pairs of bits, argument and value. */
import { bitsOf, f32, fromBits, hexOf } from '../oracle/arithmetic.js';
import { exact, type FunctionName, functionNames } from '../oracle/elementary.js';
import { hash } from './made-up.js';

/**
 * Arguments whose values lie closest to a tie between two binary32, found by a search in binary64 through all binary32 of
 * magnitude 2^-7 to 2^7 (a third of them for sinpi and cospi).
 */
export const hardArguments: Record<FunctionName, readonly number[]> = {
  exp: [
    0xc16912cd, 0x3d1a274e, 0x4001b249, 0x40315b33, 0x4288942b, 0x3fe67199, 0xbc2a461a, 0xc0781533, 0x41cbf87b,
    0xc13d6631, 0x4034d02b, 0x3c971aaa,
  ],
  expm1: [
    0x3dc252dd, 0x4001b249, 0x40315b33, 0x4288942b, 0xc169ee19, 0x3cbc3c2a, 0x3fe67199, 0xbdb4065d, 0xbcde0d30,
    0x3e35bec5, 0xbcd475d0, 0x3f0923fe,
  ],
  log: [
    0x3c413d3a, 0x41178feb, 0x3fd364d7, 0x3e2b3421, 0x4056ee45, 0x3fc55379, 0x40504cb2, 0x41e3b2af, 0x3fdc4750,
    0x404dc250, 0x3f7ffffe, 0x3fa66c0b,
  ],
  log1p: [
    0x3efd81ad, 0x41078feb, 0x3ebe9143, 0x3ddbfec3, 0x3f26c9ae, 0x3cf58230, 0x4016ee45, 0x40104cb2, 0xbc4d092c,
    0x3f0aa6f2, 0x41dbb2af, 0x3f388ea0,
  ],
  tanh: [
    0x3eee0566, 0x3cd41b91, 0x40acb4d0, 0x3d7c3055, 0x40c5e8ca, 0x3c96ae2e, 0x40a6ef82, 0x3f20b67f, 0x3ff8bc7e,
    0x4013cd84, 0x3f97fbc7, 0x3ef6afee,
  ],
  sigmoid: [
    0x3d21bc81, 0xbe104170, 0xbf1964d0, 0x3e8dffaf, 0xbda363f4, 0xc164ddcb, 0x3eb2c9b8, 0x3d0cab6a, 0xbd655024,
    0x3c08b9b4, 0x3fd8ed9e, 0xbd567bbb,
  ],
  erf: [
    0x3f043a75, 0x3c7c9e9f, 0x3e1fcc60, 0x3f44ddfd, 0x3e97e551, 0x3e2f129d, 0x3c45aaf6, 0x3d3e3bd9, 0x3cc37934,
    0x3cafeb05, 0x3cb655cb, 0x3ce105f6,
  ],
  sinpi: [
    0x3ceeb990, 0x3d273e15, 0x3d97dfea, 0x3dc6972b, 0x3e2c0344, 0x3e1b1687, 0x3cef50c2, 0x3d46f71b, 0x3d871961,
    0x3dbfaffe, 0x3c261d35, 0x3e5e5091,
  ],
  cospi: [
    0x3ec0a02a, 0x3edfcdd7, 0x3ef11467, 0x3d8ed5d9, 0x3d3ba293, 0x3c309378, 0x3ea9fe5e, 0x3c4d788e, 0x3c4d88b7,
    0x3d4dfd08, 0x3d0b99ff, 0x3e492cbb,
  ],
};

const infinity = Number.POSITIVE_INFINITY;

/** Magnitudes at which something ends or begins: exact results, overflow, underflow, saturation. */
const edges = [
  0,
  2 ** -149,
  2 ** -126,
  2 ** -126 - 2 ** -149,
  2 ** -64,
  2 ** -25,
  2 ** -24,
  2 ** -23,
  2 ** -12,
  0.25,
  0.5,
  0.75,
  1 - 2 ** -24,
  1,
  1 + 2 ** -23,
  1.5,
  2,
  2.5,
  3,
  8388607.5,
  2 ** 23,
  2 ** 24,
  3.4028234663852886e38,
  infinity,
];

/** Bits of neighbors at the edges of exp, expm1, sigmoid, tanh and erf. */
const thresholds = [
  0x42b17217, 0x42b17218, 0xc2aeac4f, 0xc2aeac50, 0xc2cff1b4, 0xc2cff1b5, 0x41102cb3, 0x41102cb4, 0x418aa123,
  0x418aa122, 0xc18aa122, 0xc18aa123, 0x4079ffff, 0x407ad445, 0x407ad444, 0xc2ce8ecf, 0xc2ce8ed0,
];

function argumentsOf(name: FunctionName): number[] {
  const offset = 100 * functionNames.indexOf(name);
  const anyBits = Array.from({ length: 60 }, (_, i) => fromBits(hash(i, 50 + offset)));
  const middling = Array.from({ length: 60 }, (_, i) =>
    f32((hash(i, 51 + offset) * 2 ** -32 - 0.5) * 2 ** ((hash(i, 52 + offset) % 16) - 8)),
  );
  return [
    Number.NaN,
    ...edges.flatMap((x) => [x, -x]),
    ...thresholds.map(fromBits),
    ...hardArguments[name].map(fromBits),
    ...middling,
    ...anyBits,
  ];
}

export function elementaryDocument(): Record<string, string[][]> {
  return Object.fromEntries(
    functionNames.map((name) => {
      const distinct = [...new Set(argumentsOf(name).map(bitsOf))];
      return [name, distinct.map((bits) => [hexOf(fromBits(bits)), hexOf(exact[name](fromBits(bits)))])];
    }),
  );
}
