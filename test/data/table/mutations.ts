/** Files that are damaged in ways that a seed decides. */

/** Uniform integers from a seed; the same in every run. */
export function integers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0;
    let z = Math.imul(state ^ (state >>> 15), state | 1);
    z ^= z + Math.imul(z ^ (z >>> 7), z | 61);
    return Math.floor((((z ^ (z >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

/** `bytes` with one to four damages: bits flipped, bytes overwritten, cut off, repeated, taken out, or moved. */
export function mutate(bytes: Buffer, seed: number, alphabet: string): Buffer {
  const draw = integers(seed);
  let mutated: Buffer = Buffer.from(bytes);
  for (let count = 1 + draw(4); count > 0; count -= 1) mutated = damage(mutated, draw, alphabet);
  return mutated;
}

function damage(bytes: Buffer, draw: (below: number) => number, alphabet: string): Buffer {
  if (bytes.length === 0) return bytes;
  const at = draw(bytes.length);
  const length = 1 + draw(16);
  switch (draw(7)) {
    case 0:
      bytes[at] ^= 1 << draw(8);
      return bytes;
    case 1:
      bytes[at] = draw(256);
      return bytes;
    case 2:
      return bytes.subarray(0, at);
    case 3:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
    case 4:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
    case 5:
      return Buffer.concat([bytes.subarray(at), bytes.subarray(0, at)]);
    default:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from(alphabet[draw(alphabet.length)]), bytes.subarray(at)]);
  }
}

/** The bytes in pieces of changing lengths, as a stream may bring them. */
export async function* pieces(bytes: Uint8Array, seed: number): AsyncGenerator<Uint8Array> {
  const draw = integers(seed);
  for (let at = 0; at < bytes.length; ) {
    const end = Math.min(bytes.length, at + 1 + draw(64));
    yield bytes.subarray(at, end);
    at = end;
  }
}
