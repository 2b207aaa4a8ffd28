/** Steps after which the weights of two runs are compared. */

const EVENLY = 28;

/**
 * Steps from 1 to `total`, ascending, the last being `total`: dense at the start, where runs part (1, 2, 3, 4, 6, 8, 12,
 * 16, …), and evenly spread over the whole run.
 *
 * @param total Steps of a run, at least 1.
 * @param most The most steps wanted, at least 1. @default 48
 */
export function sampleSteps(total: number, most = 48): number[] {
  const steps = new Set<number>([total]);
  for (let step = 1; step <= total; step *= 2) {
    steps.add(step);
    if (step % 2 === 0 && step * 1.5 <= total) steps.add(step * 1.5);
  }
  for (let i = 1; i < EVENLY; i += 1) steps.add(Math.max(1, Math.round((total * i) / EVENLY)));
  const sorted = [...steps].sort((a, b) => a - b);
  return thin(sorted, most);
}

/** At most `most` elements, the last one among them. */
function thin(steps: readonly number[], most: number): number[] {
  if (steps.length <= most) return [...steps];
  return Array.from({ length: most }, (_, i) => steps[Math.floor(((i + 1) * steps.length) / most) - 1]);
}
