/** What an experiment is: a question, the tasks that answer it, and what their results say. */
import type { Setting } from '../../causes/cause.js';
import type { DataSource } from '../../data/source.js';
import type { InstructionSet } from '../../native/instruction-set.js';
import type { Verdict } from '../verdict.js';
import type { Picture, Table } from './picture.js';
import type { Task, TaskResult } from './task.js';

/** What an experiment is carried out on. */
export interface Ground {
  /**
   * The recipe, data and execution that tasks vary: those of the user, or the experiment's own. Throws where the
   * experiment has none.
   */
  readonly base: Setting;
  /** Repeats, seeds or pairs, as the experiment says; at least 2. */
  readonly repeats: number;
  /** Of the base setting's data; throws where the experiment has none. */
  readonly data: GroundData;
  /** Instruction sets that can run here, best last. */
  readonly isas: readonly InstructionSet[];
}

/** What an experiment may know of its data without reading the rows. */
export interface GroundData {
  readonly name: string;
  /** Training rows that are used. */
  readonly rows: number;
  readonly testRows: number;
  readonly columns: number;
  /** 0 for a regression. */
  readonly classes: number;
  /** Of the test rows: labels, or [testRows, units] row-major. */
  readonly targets: Uint32Array | Float32Array;
}

/** Results by task. Asking for a task that was not planned is a fault of the experiment, and throws. */
export interface Results {
  get<T extends Task>(task: T): TaskResult<T>;
}

/** A number that the runs give, with what is known about it. */
export interface Effect {
  /** E.g. `mean absolute difference of predictions`. */
  readonly name: string;
  /** E.g. `ULP`, `%`; empty for a bare number. */
  readonly unit: string;
  /** Null where there is nothing to estimate. */
  readonly estimate: number | null;
  /** What the claim sets it beside: of a ratio, 1. @default 0 */
  readonly beside?: number;
}

/** The interval in which an effect lies. */
export interface EffectInterval {
  readonly low: number;
  readonly high: number;
  /** Coverage, e.g. 0.95; 1 where nothing was sampled and the value is exact. */
  readonly level: number;
}

/** What an experiment found. Plain JSON. */
export interface Conclusion {
  readonly verdict: Verdict;
  /** The claim that the verdict is about: `Initial weights alone move predictions by more than rounding does.` */
  readonly claim: string;
  /** The result in one plain sentence, with its figures. */
  readonly statement: string;
  readonly effect: Effect;
  readonly interval: EffectInterval | null;
  /** What else was found, one sentence each; zero is a finding. */
  readonly findings: readonly string[];
  readonly tables: readonly Table[];
  readonly pictures: readonly Picture[];
}

/** What the lab carries out: a base setting, and the tasks on it. */
export interface Plan {
  /** As typed: `init-seed`. */
  readonly name: string;
  readonly repeats: number;
  /** Data that hold where the user names none, before `base` is asked. */
  readonly defaults?: { readonly source: DataSource | null; readonly rows: number | null };
  /**
   * The base setting for the data that the user named, or, without, for the experiment's own data. Null where the
   * experiment trains nothing. Rows and threads that the user chose are written into it afterwards.
   */
  readonly base: ((choice: BaseChoice) => Setting) | null;
  /** In a fixed order, and the same for the same ground: results are kept under the hash of each task. */
  plan(ground: Ground): Iterable<Task>;
}

/** One of the built-in experiments, or what a file describes. */
export interface Experiment extends Plan {
  readonly question: string;
  /** What explanations elsewhere say, where this puts it to the test; null where nobody says anything. */
  readonly folklore: string | null;
  /** How long it takes and what it needs, for `lab list`: `30 runs`. */
  readonly summary: string;
  /** Pure: the same results give the same bytes. */
  conclude(ground: Ground, results: Results): Conclusion;
}

/** What the user typed, checked; what was left open is undefined. */
export interface BaseChoice {
  readonly recipe?: Setting['recipe'];
  readonly data?: {
    readonly choice: Setting['data'];
    /** Training rows that there are, where that is known. */
    readonly rows?: number;
    readonly columns: number;
    /** 0 for a regression. */
    readonly classes: number;
    /** Targets of a row, of a regression. @default 1 */
    readonly outputs?: number;
    /** Of a `rescaling` layer; 1 for none. */
    readonly scale: number;
  };
  /** A recipe that was given has them already. */
  readonly epochs?: number;
}
