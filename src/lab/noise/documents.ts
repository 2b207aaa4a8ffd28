/** The JSON documents of `samebits lab noise`, `lab tolerance` and `lab versus`. Non-finite numbers are strings. */
import type { CauseName } from '../../causes/cause.js';
import type { DocumentHead, JsonNumber } from '../../compare/document.js';
import type { Seed } from '../../random/seed.js';
import type { NoiseReport } from '../noise-floor.js';
import type { ToleranceReport } from '../tolerance.js';
import type { VersusReport } from '../versus.js';

/** On the test rows. */
export type NoiseMetric = 'accuracy' | 'loss';

export const NOISE_METRICS = ['accuracy', 'loss'] as const satisfies readonly NoiseMetric[];

/** One training. */
export interface SeededRun {
  /** Level of the causes that move. */
  readonly seed: Seed;
  /** SHA-256 of the final weights. */
  readonly fingerprint: string;
  readonly test: { readonly loss: JsonNumber; readonly accuracy: JsonNumber | null };
}

interface SampleHead<Command extends string> extends DocumentHead<Command> {
  readonly metric: NoiseMetric;
  /** What moves between the runs; all else is held. */
  readonly causes: readonly CauseName[];
  readonly runs: readonly SeededRun[];
  /** How many of the runs ended with bits of their own. */
  readonly differentBits: number;
  /** The result in plain English. */
  readonly sentence: string;
}

/** What `samebits lab noise --json` prints. */
export interface NoiseDocument extends SampleHead<'lab noise'> {
  readonly report: NoiseReport;
}

/** What `samebits lab tolerance --json` prints. */
export interface ToleranceDocument extends SampleHead<'lab tolerance'> {
  readonly report: ToleranceReport;
}

/** One of the two recipes that are compared. */
export interface Contestant {
  /** The file or folder, as typed. */
  readonly name: string;
  /** Null where the runs come from run folders of more than one recipe but for the seeds. */
  readonly recipe: Readonly<Record<string, unknown>>;
  readonly runs: readonly SeededRun[];
}

/** What `samebits lab versus --json` prints. */
export interface VersusDocument extends Omit<DocumentHead<'lab versus'>, 'recipe'> {
  readonly metric: NoiseMetric;
  readonly a: Contestant;
  readonly b: Contestant;
  /** What moves between the runs of each; null where they were not made by one plan. */
  readonly causes: readonly CauseName[] | null;
  readonly report: VersusReport;
  /** The result in plain English. */
  readonly sentence: string;
}
