/**
 * The JSON documents of `samebits lab run`: what `--json` prints, what `--output` writes, and what text and page are made
 * of. Plain data, and the same bytes for the same experiment on one machine: no times, no paths of the store, and
 * nothing of how the work was divided. Non-finite numbers are strings.
 */
import type { DataDescription, JsonNumber, MachineDescription } from '../compare/document.js';
import type { Contract } from '../model/emulation.js';
import type { Conclusion } from './experiment/experiment.js';
import type { Task } from './experiment/task.js';

/** A value as JSON has it. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A training that the conclusion rests on. */
export interface LabRun {
  /** SHA-256 of its task, under which its result is kept. */
  readonly task: string;
  readonly kind: Task['kind'];
  /** Tells runs of one setting apart; null where there is only one. */
  readonly repeat: number | null;
  /** What its setting has other than the base, by path: `{ "recipe.seeds.weights": 3 }`. */
  readonly changes: Readonly<Record<string, Json>>;
  /** Of the final weights. */
  readonly fingerprint: string;
  readonly test: { readonly loss: JsonNumber; readonly accuracy: JsonNumber | null };
}

/** The fields with which both documents begin. */
export interface LabHead {
  readonly schemaVersion: 1;
  readonly command: 'lab';
  /** Version of the package that wrote the document. */
  readonly version: string;
  /** Version of the numerics contract. */
  readonly contract: Contract;
  /** The machine that wrote the document. Runs may have been made on others: fixed order has the same bits there. */
  readonly machine: MachineDescription;
}

/** What one experiment found. */
export interface LabDocument extends LabHead, Conclusion {
  /** Of the base setting; null where the experiment trains nothing, as `data` then. */
  readonly recipe: Readonly<Record<string, unknown>> | null;
  readonly data: DataDescription | null;
  /** The line that repeats it. */
  readonly commandLine: string;
  /** Its name. */
  readonly experiment: string;
  readonly question: string;
  readonly folklore: string | null;
  /** Repeats, seeds or pairs, as the experiment says. */
  readonly repeats: number;
  /** How many tasks it took. */
  readonly tasks: number;
  /** Every training, in the order of the plan. */
  readonly runs: readonly LabRun[];
}

/** What several experiments found: `samebits lab run all`. */
export interface LabCollection extends LabHead {
  readonly commandLine: string;
  readonly experiments: readonly LabDocument[];
}
