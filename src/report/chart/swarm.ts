/** Dots beside each other where they would cover each other: every run stays visible, at its exact value. */

/**
 * Offsets across the axis, in SVG units, for dots at `positions` along it. Dots whose positions fall into one bin as wide
 * as a dot are set beside each other from the middle outwards, in an order that has nothing to do with their values, so
 * that no pattern appears. The same positions always give the same picture.
 *
 * @param positions Null for what has no place; its offset is 0.
 * @param radius Of a dot.
 * @param step From one center of a bin to the next: the same in a whole chart, so that twice as high is twice as many.
 */
export function swarmOffsets(positions: readonly (number | null)[], radius: number, step: number): number[] {
  const offsets = new Array<number>(positions.length).fill(0);
  for (const members of binsOf(positions, radius).values()) {
    members.sort((a, b) => scrambled(a) - scrambled(b));
    members.forEach((index, i) => {
      const outwards = Math.ceil(i / 2) * (i % 2 === 0 ? 1 : -1);
      offsets[index] = (outwards + (members.length % 2 === 0 ? 0.5 : 0)) * step;
    });
  }
  return offsets;
}

/** Fibonacci hashing: neighbors end far apart. */
function scrambled(index: number): number {
  return Math.imul(index + 1, 0x9e3779b1) >>> 0;
}

/** The most dots of one bin. */
export function tallestBin(positions: readonly (number | null)[], radius: number): number {
  return Math.max(0, ...Array.from(binsOf(positions, radius).values(), ({ length }) => length));
}

function binsOf(positions: readonly (number | null)[], radius: number): Map<number, number[]> {
  const placed = positions.flatMap((position, index) => (position === null ? [] : [{ position, index }]));
  placed.sort((a, b) => a.position - b.position || a.index - b.index);
  const bins = new Map<number, number[]>();
  for (const { position, index } of placed) {
    const bin = Math.floor(position / (2 * radius));
    const members = bins.get(bin);
    if (members === undefined) bins.set(bin, [index]);
    else members.push(index);
  }
  return bins;
}
