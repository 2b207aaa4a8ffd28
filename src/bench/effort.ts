/** How long is measured. */
export interface Effort {
  /** Undisturbed samples that each median wants. */
  readonly samples: number;
  /** Time that a sample takes where the machine gives its peak; cases that cannot be cut so finely take longer. */
  readonly sampleSeconds: number;
  /** Floats of each of the three arrays that bandwidth is measured over: more than the caches hold. */
  readonly bandwidthFloats: number;
  /** Repetitions of which the best tenth is a limit. */
  readonly limitRepetitions: number;
  /** Measurements of a team's peak until it is about as many times that of one thread; the highest counts. */
  readonly peakTries: number;
}

export const USUAL_EFFORT: Effort = {
  samples: 15,
  sampleSeconds: 0.05,
  bandwidthFloats: 16 * 1024 * 1024,
  limitRepetitions: 21,
  peakTries: 4,
};
