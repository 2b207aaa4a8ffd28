/** Results of trainings that nobody did: all that a store of results has to keep, with values that JSON has no words for. */
import type { Finished } from '../../../dist/lab/store/segment.js';

export const key = (i: number): string => i.toString(16).padStart(64, '0');
export const digest = 'a'.repeat(64);

export function training(i: number): Finished {
  return {
    key: key(i),
    kind: 'train',
    outcome: {
      result: {
        fingerprint: digest,
        stateFingerprint: digest,
        predictionsFingerprint: digest,
        steps: i,
        train: { loss: Number.NaN, accuracy: null },
        test: { loss: Number.NEGATIVE_INFINITY, accuracy: 0.1 },
        classes: null,
        history: { loss: [1 / 3, Number.POSITIVE_INFINITY], accuracy: null },
      },
      arrays: { predictions: Float32Array.of(i, Number.NaN, -0), weights: new Float32Array(10).fill(i) },
    },
  };
}
