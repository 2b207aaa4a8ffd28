/** How long is measured. */
export interface Effort {
  /** Undisturbed samples that each median wants. */
  readonly samples: number;
  /** Time that a sample takes where the machine gives its peak; cases that cannot be cut so finely take longer. */
  readonly sampleSeconds: number;
  /** Floats of each of the three arrays that bandwidth is measured over: more than the caches hold. */
  readonly bandwidthFloats: number;
}

export const USUAL_EFFORT: Effort = { samples: 15, sampleSeconds: 0.05, bandwidthFloats: 16 * 1024 * 1024 };
