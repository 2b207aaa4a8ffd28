/** What a run keeps beside its state: which epoch was the best, with its weights, and where weights stopped being finite. */

import type { MetricName } from '../../metrics/names.js';
import type { NamedTensor } from '../../model/description.js';
import type { Checkpoint } from '../../runs/checkpoint.js';
import type { BestEpoch, RunResult } from '../../runs/manifest.js';
import type { RecordedMetrics } from '../../runs/metrics.js';
import { isBetter } from '../../train/run-keeper.js';
import { elementDifference, firstDifferingIndex } from '../distances.js';
import { differs } from './difference.js';
import type { VerifyDifference } from './report.js';

/** As checkpoints have it. */
export type Kept = Pick<Checkpoint, 'nonFinite' | 'best' | 'bestWeights'>;

/** At a run's beginning. */
export const NOTHING_KEPT: Kept = { nonFinite: null, best: null, bestWeights: null };

/** The best epoch after one more. */
export function bestAfter(
  best: BestEpoch | null,
  metric: MetricName | null,
  epoch: number,
  metrics: RecordedMetrics | undefined,
): BestEpoch | null {
  const value = metric === null ? undefined : metrics?.[metric];
  if (metric === null || value === undefined || !isBetter(metric, value, best?.value ?? null)) return best;
  return { metric, epoch, value };
}

/** What metrics say of the best epoch, as a manifest does. */
export function bestOf(metrics: readonly RecordedMetrics[], metric: MetricName | null): BestEpoch | null {
  return metrics.reduce<BestEpoch | null>((best, ofEpoch, epoch) => bestAfter(best, metric, epoch, ofEpoch), null);
}

/** A folder's facts against those that were computed. */
export function compareKept(
  step: number,
  file: string,
  claimed: Pick<Kept, 'nonFinite' | 'best'>,
  made: Pick<Kept, 'nonFinite' | 'best'>,
): VerifyDifference | null {
  for (const [name, textOf, problem] of [
    ['best', ({ best }: typeof made) => bestText(best), 'the best epoch is another'],
    ['nonFinite', ({ nonFinite }: typeof made) => nonFiniteText(nonFinite), 'weights stopped being finite elsewhere'],
  ] as const) {
    const [found, computed] = [textOf(claimed), textOf(made)];
    if (found !== computed) return differs({ step, file, name, found, computed, problem });
  }
  return null;
}

const BEST = 'best/';

/** A checkpoint's, all of it; where they differ, a checkpoint before may be what is wrong. */
export function compareCheckpointKept(step: number, file: string, claimed: Kept, made: Kept): VerifyDifference | null {
  return (
    compareKept(step, file, claimed, made) ??
    compareTensors(step, file, claimed.bestWeights ?? [], made.bestWeights ?? [], BEST)
  );
}

/** Whether it is of what {@link compareCheckpointKept} compares: it goes on from checkpoint to checkpoint. */
export function isOfKept({ name }: VerifyDifference): boolean {
  return name === 'best' || name === 'nonFinite' || name?.startsWith(BEST) === true;
}

/** Tensors of a file against those that were computed, in model order. @param prefix Of their names in the file. */
export function compareTensors(
  step: number,
  file: string,
  found: readonly NamedTensor[],
  computed: readonly NamedTensor[],
  prefix = '',
): VerifyDifference | null {
  for (const [i, { name: tensor, data }] of computed.entries()) {
    const at = firstDifferingIndex(found[i].data, data);
    if (at < 0) continue;
    const { index, a, b, aHex, bHex } = elementDifference(found[i].data, data, at);
    const name = `${prefix}${tensor}`;
    const values = { found: a, foundHex: aHex, computed: b, computedHex: bHex };
    return differs({ step, file, name, index, ...values, problem: `${name}[${index}] is not what the run computed` });
  }
  return null;
}

function bestText(best: BestEpoch | null): string {
  return best === null ? 'none' : `${best.metric} ${best.value} of epoch ${best.epoch + 1}`;
}

function nonFiniteText(nonFinite: RunResult['nonFinite']): string {
  return nonFinite === null ? 'nowhere' : `${nonFinite.tensor} after step ${nonFinite.step}`;
}
