/** The course of the question why: files first, then one step of both runs, then one cause at a time. */
import { formatCount } from '../../format.js';
import type { Rerun } from '../task.js';
import type { RunState } from '../trainee.js';
import { type Both, BothRuns, LABELS } from './both.js';
import { type DamagedElements, damagedElements } from './damage.js';
import { describeFactor, describeRun } from './describe.js';
import { type ExaminedRun, type RunLabel, readState } from './examined.js';
import type { ExecutionHere } from './executable.js';
import { factorsOf } from './factor.js';
import type { GivenRows } from './given.js';
import { compareFiles, type Known } from './known.js';
import { type Compared, comparePair, type PartingPlace, type StepRange } from './parting.js';
import type { WhyDamage, WhyParting, WhyReport, WhyVerdict } from './report.js';
import { sentenceOf } from './sentence.js';
import { type Swapped, swapCauses } from './swapping.js';
import type { WhyProgress } from './why.js';

/** Where the runs part, from the files alone or by executing them again. */
interface Parted {
  readonly parting: WhyParting | null;
  /** Null where it was not executed, or they are equal. */
  readonly place: PartingPlace | null;
  readonly equalUpTo: number | null;
  /** Whether what was executed is what the folders say. */
  readonly reproduced: boolean;
}

export class Inquiry {
  readonly #both: BothRuns;
  readonly #known: Known;
  readonly #onProgress: (progress: WhyProgress) => void;
  readonly #signal: AbortSignal;
  /** Ways in which a run is not what its folder says. */
  readonly #doubts: string[] = [];

  private constructor(both: BothRuns, known: Known, onProgress: (progress: WhyProgress) => void, signal: AbortSignal) {
    this.#both = both;
    this.#known = known;
    this.#onProgress = onProgress;
    this.#signal = signal;
  }

  static async of(
    runs: Both<ExaminedRun>,
    given: Both<GivenRows | null>,
    here: ExecutionHere,
    onProgress: (progress: WhyProgress) => void = () => {},
    signal: AbortSignal = new AbortController().signal,
  ): Promise<Inquiry> {
    return new Inquiry(await BothRuns.of(runs, given, here), await compareFiles(runs.a, runs.b), onProgress, signal);
  }

  async report(): Promise<WhyReport> {
    const { runs, candidates, hashes } = this.#both;
    const { parting, place, equalUpTo, reproduced } = await this.#part();
    const through = parting === null || !reproduced ? null : this.#through(parting.step);
    const swapped = through === null ? null : await this.#swap(place, through);
    const verdict = this.#verdict({ parting, place, equalUpTo, reproduced }, swapped);
    const longer = verdict === 'equal' && runs.a.steps !== runs.b.steps;
    const factors = factorsOf(candidates.a, candidates.b, hashes);
    const facts = {
      verdict,
      runs: { a: describeRun(runs.a), b: describeRun(runs.b) },
      factors: factors.map((factor) => describeFactor(factor, verdict, swapped?.peeled ?? null, longer)),
      equalUpTo,
      parting,
      swaps: swapped?.swaps ?? [],
      through: swapped === null ? null : through,
      rows: this.#both.compareRows(),
      damage: [...(await this.#damage('a')), ...(await this.#damage('b'))],
      missing: [...this.#doubts, ...this.#both.missing],
    };
    return { ...facts, sentence: sentenceOf(facts) };
  }

  async #part(): Promise<Parted> {
    const { common, different, equalUpTo, start, own } = this.#known;
    if (different === null && equalUpTo !== null && equalUpTo >= common) {
      return { parting: null, place: null, equalUpTo, reproduced: true };
    }
    const to = different?.step ?? common;
    const a = await this.#both.executableRun('a', start);
    const b = await this.#both.executableRun('b', start);
    if (a === null || b === null) return { parting: this.#partingOfFiles(), place: null, equalUpTo, reproduced: true };
    const begin = start?.step ?? 0;
    const from = Math.max(begin, Math.min(equalUpTo ?? 0, to - 1));
    let compared = await this.#compare(
      { ...a, start: (await this.#ownState('a', own.a, from)) ?? a.start },
      { ...b, start: (await this.#ownState('b', own.b, from)) ?? b.start },
      { from, to },
    );
    // Other optimizer state behind equal weights: they part before.
    if (compared.place?.step === from && from > begin) compared = await this.#compare(a, b, { from: begin, to: from });
    const { place, step } = compared;
    const reproduced = this.#reproduces(compared);
    if (place === null) {
      const equal = reproduced ? step : equalUpTo;
      return { parting: this.#partingOfFiles(), place, equalUpTo: equal, reproduced };
    }
    const equal = place.step === 0 ? null : Math.max(equalUpTo ?? 0, reproduced ? place.step - 1 : 0);
    return { parting: this.#executedParting(place), place, equalUpTo: equal, reproduced };
  }

  /** The state of a run's own checkpoint, if that is not behind `from`. */
  async #ownState(label: RunLabel, step: number | null, from: number): Promise<RunState | null> {
    return step === null || step > from ? null : readState(this.#both.runs[label], step);
  }

  #compare(a: Rerun, b: Rerun, range: StepRange): Promise<Compared> {
    const begin = Math.min(a.start?.step ?? 0, b.start?.step ?? 0);
    return comparePair(a, b, range, this.#signal, (step) => {
      this.#onProgress({ task: 'executing both again', step: step - begin, steps: range.to - begin });
    });
  }

  /** Whether the executions gave what the folders say. */
  #reproduces({ place, step, marks }: Compared): boolean {
    const { runs } = this.#both;
    let reproduced = true;
    for (const label of LABELS) {
      const traced = runs[label].marks?.at(step) ?? null;
      if (traced === null || traced.marks.join() === marks[label].join()) continue;
      reproduced = false;
      const session = runs[label].folder.manifest.sessions.findLast(({ firstStep }) => firstStep < step);
      const began = session?.firstStep ?? 0;
      const resumed = began === 0 ? '' : `; it was resumed at step ${formatCount(began)}`;
      this.#doubts.push(
        `${label.toUpperCase()} is not what its recipe computes: executed again, it has other weights after step ` +
          `${formatCount(step)} than its trace says${resumed}`,
      );
    }
    if (reproduced && place === null && this.#known.different !== null) {
      reproduced = false;
      this.#doubts.push('one of them is not what its recipe computes: executed again, they are equal');
    }
    return reproduced;
  }

  #partingOfFiles(): WhyParting | null {
    const { different } = this.#known;
    if (different === null) return null;
    const { step, tensors } = different;
    return { ...this.#timeOf(step), tensor: tensors[0] ?? null, seenIn: 'files', operation: null, operations: [] };
  }

  #executedParting({ step, operation, operations }: PartingPlace): WhyParting {
    const changed = operations.find(({ kind }) => kind === 'weights') ?? operation;
    return { ...this.#timeOf(step), tensor: changed.place, seenIn: 'execution', operation, operations };
  }

  #timeOf(step: number): Pick<WhyParting, 'step' | 'epoch' | 'batch'> {
    const { stepsPerEpoch } = this.#both.runs.a.folder;
    const before = Math.max(step - 1, 0);
    return { step, epoch: Math.floor(before / stepsPerEpoch), batch: before % stepsPerEpoch };
  }

  /** The end of the checkpoint interval in which a step lies. */
  #through(step: number): number {
    const { folder } = this.#both.runs.b;
    const interval = folder.manifest.options.checkpointEvery ?? folder.stepsPerEpoch;
    return Math.min(this.#known.common, Math.max(1, Math.ceil(step / interval)) * interval);
  }

  #swap(place: PartingPlace | null, through: number): Promise<Swapped | null> {
    const { start } = this.#known;
    return swapCauses(this.#both, place, { start, through }, this.#signal, (step) => {
      this.#onProgress({ task: 'swapping causes', step, steps: through });
    });
  }

  #verdict({ parting, place, equalUpTo, reproduced }: Parted, swapped: Swapped | null): WhyVerdict {
    if (!reproduced) return 'not explained';
    if (parting === null) return equalUpTo !== null && equalUpTo >= this.#known.common ? 'equal' : 'cannot tell';
    // What was not executed as it was may have other reasons too.
    if (swapped === null || place === null) return 'cannot tell';
    if (swapped.peeled.agree) return 'explained';
    return swapped.swaps.some(({ missing }) => missing !== null) ? 'cannot tell' : 'not explained';
  }

  async #damage(label: RunLabel): Promise<WhyDamage[]> {
    const found: WhyDamage[] = [];
    for (const { file, step, problem } of this.#both.runs[label].damage) {
      const elements = step === null ? null : await this.#damagedElements(label, step);
      found.push({ run: label, file, problem, elements });
    }
    return found;
  }

  async #damagedElements(label: RunLabel, step: number): Promise<DamagedElements | null> {
    const run = this.#both.runs[label];
    const before = run.checkpoints.findLast((each) => each > 0 && each < step);
    const rerun = await this.#both.executableRun(label, before === undefined ? null : await readState(run, before));
    if (rerun === null) return null;
    let state: RunState;
    try {
      state = await readState(run, step, true);
    } catch {
      // Not even its header can be read.
      return null;
    }
    this.#onProgress({ task: `looking for what is damaged at step ${step}`, step: 0, steps: 0 });
    return damagedElements(rerun, state, this.#signal);
  }
}
