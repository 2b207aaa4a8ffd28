/** What the designs of custom experiments have in common. */
import type { CauseName, Setting } from '../../causes/cause.js';
import { causeNamed } from '../../causes/causes.js';
import { formatShareInWords } from '../../format.js';
import type { Conclusion, Ground, Results } from '../experiment/experiment.js';
import type { BarPicture } from '../experiment/picture.js';
import type { Kept, Task, TrainTask } from '../experiment/task.js';
import { effectInterval } from '../experiments/wording.js';
import type { Interval } from '../statistics/sample.js';
import type { CheckedDescription } from './description.js';

/** A way to combine levels: tasks, and what their results say. */
export interface CustomDesign {
  plan(description: CheckedDescription, ground: Ground): Iterable<Task>;
  conclude(description: CheckedDescription, ground: Ground, results: Results): Conclusion;
  /** For `lab list` and people: `3 levels × 5 seeds`. */
  summary(description: CheckedDescription): string;
}

/** `setting` with levels of several causes, in the order in which they stand. */
export function withLevels(setting: Setting, levels: readonly (readonly [CauseName, unknown])[]): Setting {
  return levels.reduce((changed, [name, level]) => causeNamed(name).write(changed, level), setting);
}

export function trainOn(setting: Setting, keep: readonly Kept[], repeat = 0): TrainTask {
  return { kind: 'train', setting, repeat, keep };
}

/** `order of the data` */
export function titleOf(name: CauseName): string {
  return causeNamed(name).title;
}

/** Levels as text: what tables show and statistics tell apart. */
export function levelText(level: unknown): string {
  return typeof level === 'string' ? level : JSON.stringify(level);
}

export function shareWords(share: number): string {
  return formatShareInWords(Math.min(1, Math.max(0, share)));
}

/** The claim's set of shares, in words: `above 50 %`. */
export function claimWords({ effect, threshold }: CheckedDescription['claim']): string {
  const words = { above: 'above', beyond: 'above', below: 'below', within: 'of at most' }[effect];
  return `${words} ${shareWords(threshold)}`;
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** Bars of shares with their intervals. */
export function shareBars(
  bars: readonly { readonly label: string; readonly share: number; readonly interval: Interval }[],
  words: Pick<BarPicture, 'title' | 'caption'> & { readonly label: string },
): BarPicture {
  return {
    kind: 'bars',
    id: 'shares',
    title: words.title,
    caption: words.caption,
    value: { label: words.label, format: 'share' },
    bars: bars.map(({ label, share, interval }) => {
      const bounds = effectInterval(interval);
      return { label, value: share, ...(bounds === null ? {} : { interval: bounds }) };
    }),
  };
}
