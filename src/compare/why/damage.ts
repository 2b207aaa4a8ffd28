/** What in a damaged checkpoint is not what the run computed: the run is executed again up to it. */

import type { Rerun } from '../task.js';
import { type FlatTensor, type RunState, Trainee } from '../trainee.js';
import { canonicalBits, hexOfBinary32 } from '../ulp.js';

/** Elements of a checkpoint that are not what the run computed. */
export interface DamagedElements {
  /** How many there are, in all tensors. */
  readonly elements: number;
  /** The first: its tensor, as checkpoints order them, … */
  readonly tensor: string;
  /** … its row-major position, … */
  readonly index: number;
  /** … what the file has, and what the run computed, with their bits. */
  readonly found: number;
  readonly foundHex: string;
  readonly computed: number;
  readonly computedHex: string;
  /** The bit that is flipped (0 the lowest, 31 the sign), where it is a single one of a single element; else null. */
  readonly bit: number | null;
}

/**
 * @param rerun The run, beginning at a state that is sound.
 * @returns Null where the file holds what the run computed: then what is damaged is something else in it.
 */
export async function damagedElements(
  rerun: Rerun,
  found: RunState,
  signal: AbortSignal,
): Promise<DamagedElements | null> {
  const { recipe, data, execution, recording: replay, start = null, observed } = rerun;
  const trainee = new Trainee(recipe, data, execution, { replay, start, observed, allowNonFinite: true });
  try {
    const steps = found.step - (start?.step ?? 0);
    if (steps > 0) await trainee.advance(steps, signal);
    return compareState(trainee, found);
  } finally {
    trainee.dispose();
  }
}

/** What a checkpoint has other than a run that has just been executed up to it; null for nothing. */
export function compareState(trainee: Trainee, found: RunState): DamagedElements | null {
  let first: { tensor: FlatTensor; index: number; a: number; b: number } | null = null;
  let elements = 0;
  for (const tensor of trainee.state) {
    const { size, slot } = tensor;
    const computed = new Float32Array(size);
    trainee.read([{ ...tensor, offset: 0 }], computed);
    const parameter = trainee.weights.findIndex(({ layer, kind }) => layer === tensor.layer && kind === tensor.kind);
    const inFile = found.network.tensors[parameter][slot];
    const [x, y] = [bitsOf(inFile), bitsOf(computed)];
    for (let index = 0; index < size; index += 1) {
      if (canonicalBits(x[index]) === canonicalBits(y[index])) continue;
      elements += 1;
      first ??= { tensor, index, a: inFile[index], b: computed[index] };
    }
  }
  if (first === null) return null;
  const { tensor, index, a, b } = first;
  const [foundHex, computedHex] = [hexOfBinary32(a), hexOfBinary32(b)];
  const bit = elements === 1 ? onlyBit(Number(foundHex) ^ Number(computedHex)) : null;
  return { elements, tensor: tensor.name, index, found: a, foundHex, computed: b, computedHex, bit };
}

function bitsOf({ buffer, byteOffset, length }: Float32Array): Int32Array {
  return new Int32Array(buffer, byteOffset, length);
}

/** The place of the only bit that is set, or null. */
function onlyBit(bits: number): number | null {
  const word = bits >>> 0;
  return word !== 0 && (word & (word - 1)) === 0 ? 31 - Math.clz32(word) : null;
}
