import { shellWord } from '../format.js';
import { type CompareFlags, DEFAULTS } from './compare-options.js';
import { tableWords } from './table-options.js';

/**
 * The line that repeats a comparison, wherever it is typed: with the defaults written out, so that it goes on saying the
 * same when they change. With a recipe file, what the file says is not repeated.
 */
export function repeatingLine(data: string, flags: CompareFlags): string {
  const words = ['samebits', 'compare', shellWord(data)];
  words.push(...tableWords(flags).map(shellWord));
  const add = (option: string, value: unknown): void => {
    if (value !== undefined) words.push(option, shellWord(String(value)));
  };
  const orDefault = <T>(value: T | undefined, byDefault: T): T | undefined =>
    value ?? (flags.recipe === undefined ? byDefault : undefined);
  const optimizer = orDefault(flags.optimizer, DEFAULTS.optimizer);
  add('--recipe', flags.recipe);
  add('--hidden', orDefault(flags.hidden, DEFAULTS.hidden));
  add('--activation', orDefault(flags.activation, DEFAULTS.activation));
  add('--optimizer', optimizer);
  add(
    '--learning-rate',
    flags.learningRate ?? (optimizer === undefined ? undefined : DEFAULTS.learningRate[optimizer]),
  );
  add('--batch-size', orDefault(flags.batchSize, DEFAULTS.batchSize));
  add('--epochs', orDefault(flags.epochs, DEFAULTS.epochs));
  add('--rows', flags.rows);
  add('--seed', orDefault(flags.seed, DEFAULTS.seed));
  add('--threads', flags.threads ?? DEFAULTS.threads);
  add('--reduction', flags.reduction ?? DEFAULTS.reduction);
  add('--isa', flags.isa ?? DEFAULTS.isa);
  add('--repeats', flags.repeats ?? DEFAULTS.repeats);
  return words.join(' ');
}
