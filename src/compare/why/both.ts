/** Two runs with their data, as what can be executed here. */
import { CAUSES } from '../../causes/causes.js';
import { formatList } from '../../format.js';
import type { ComparedRows } from '../data.js';
import type { Rerun } from '../task.js';
import type { RunState } from '../trainee.js';
import { loadChoice } from './choice.js';
import { type ExaminedRun, otherContract, type RunLabel, readState } from './examined.js';
import { type ExecutionHere, executable, VALIDATION, type Validation } from './executable.js';
import type { Candidate } from './factor.js';
import type { Found } from './found.js';
import type { GivenRows } from './given.js';
import { compareRows, type RowDifference, rowsOfRun, validationOfRun } from './rows.js';

/** Something of each run. */
export type Both<T> = Readonly<Record<RunLabel, T>>;

export const LABELS = ['a', 'b'] as const;

export class BothRuns {
  readonly runs: Both<ExaminedRun>;
  /** The runs as they were made. */
  readonly candidates: Both<Candidate>;
  /** What is missing to compute one, and whose it is. */
  readonly #missing = new Map<string, Set<RunLabel>>();
  readonly #rows: Both<Found<ComparedRows>>;
  readonly #given: readonly GivenRows[];
  readonly #here: ExecutionHere;

  private constructor(
    runs: Both<ExaminedRun>,
    candidates: Both<Candidate>,
    rows: Both<Found<ComparedRows>>,
    given: readonly GivenRows[],
    here: ExecutionHere,
  ) {
    this.runs = runs;
    this.candidates = candidates;
    this.#rows = rows;
    this.#given = given;
    this.#here = here;
  }

  static async of(runs: Both<ExaminedRun>, given: Both<GivenRows | null>, here: ExecutionHere): Promise<BothRuns> {
    const present = (...rows: readonly (GivenRows | null)[]): GivenRows[] => rows.filter((each) => each !== null);
    const rows = {
      a: await rowsOfRun(runs.a, present(given.a, given.b)),
      b: await rowsOfRun(runs.b, present(given.b, given.a)),
    };
    const candidates = { a: await asItWas(runs.a, 'a'), b: await asItWas(runs.b, 'b') };
    return new BothRuns(runs, candidates, rows, present(given.a, given.b), here);
  }

  /** What is missing to compute a run, such as `A: its data …`. */
  get missing(): string[] {
    return [...this.#missing].map(([what, labels]) => {
      const whose = [...labels].sort().map((label) => label.toUpperCase());
      return `${formatList(whose)}: ${what}`;
    });
  }

  get hashes(): Both<string> {
    const { a, b } = this.runs;
    return { a: a.folder.manifest.data.hash, b: b.folder.manifest.data.hash };
  }

  /** A candidate as something to execute, or why it is not. */
  executable(candidate: Candidate, start: RunState | null): Promise<Found<Rerun>> {
    const rowsOf = async ({ rows, setting }: Candidate): Promise<Found<ComparedRows>> =>
      rows === null ? loadChoice(setting.data, setting.recipe, this.#given) : this.#rows[rows];
    return executable(candidate, start, { rowsOf, validationOf: () => this.#validation() }, this.#here);
  }

  /** What the runs were validated on, if that is at hand, and the same where both were: what is neither run has no other. */
  async #validation(): Promise<Found<Validation>> {
    const [a, b] = LABELS.map((label) => this.runs[label]);
    const [first, second] = [a, b].map(({ folder }) => folder.manifest.data.validation);
    const recorded = first ?? second;
    if (recorded === null || (second !== null && recorded.hash !== second.hash)) {
      return { missing: `${VALIDATION}, the same for both runs` };
    }
    const rows = await validationOfRun((first === null ? b : a).folder, this.#given);
    return rows === null ? { missing: VALIDATION } : { value: { rows } };
  }

  /** A run itself as something to execute; null, and a note of what is missing, where it is not. */
  async executableRun(label: RunLabel, start: RunState | null): Promise<Rerun | null> {
    const { manifest } = this.runs[label].folder;
    const contract = otherContract(manifest);
    if (contract !== null) return this.#lacks(label, contract);
    if (manifest.start === 'checkpoint' && start === null && this.candidates[label].start === null) {
      return this.#lacks(label, 'the checkpoint that it began with');
    }
    const found = await this.executable(this.candidates[label], start);
    return 'missing' in found ? this.#lacks(label, found.missing) : found.value;
  }

  /** Whether nothing is missing but a recording: in fixed order the run could be executed. */
  async lacksOnlyRecording(label: RunLabel): Promise<boolean> {
    const candidate = this.candidates[label];
    if (candidate.setting.recipe.reduction === 'fixed' || otherContract(this.runs[label].folder.manifest) !== null) {
      return false;
    }
    const setting = CAUSES.reduction.write(candidate.setting, 'fixed');
    return 'value' in (await this.executable({ ...candidate, setting }, null));
  }

  #lacks(label: RunLabel, what: string): null {
    this.#missing.set(what, (this.#missing.get(what) ?? new Set()).add(label));
    return null;
  }

  /** Where the data differ; null where they do not, or are not at hand. */
  compareRows(): RowDifference | null {
    const { a, b } = this.#rows;
    const { hashes } = this;
    if (hashes.a === hashes.b || 'missing' in a || 'missing' in b) return null;
    return compareRows(a.value, b.value);
  }
}

async function asItWas(run: ExaminedRun, rows: RunLabel): Promise<Candidate> {
  const { setting, recording, folder, checkpoints } = run;
  const hasStart = folder.manifest.start === 'checkpoint' && checkpoints.includes(0);
  return { setting, rows, recording, start: hasStart ? await readState(run, 0) : null };
}
