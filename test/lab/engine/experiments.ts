/** Small experiments for tests of the engine. */
import { parseRecipe } from 'samebits';
import type { Setting } from '../../../dist/causes/cause.js';
import type { MadeUpSource } from '../../../dist/data/source.js';
import type { Conclusion, Experiment, Ground, Results } from '../../../dist/lab/experiment/experiment.js';
import type { Task, TrainTask } from '../../../dist/lab/experiment/task.js';

export const REGRESSION: MadeUpSource = {
  kind: 'madeUp',
  problem: 'regression',
  rows: 40,
  testRows: 10,
  columns: 6,
  classes: 1,
  noise: 0.1,
  seed: 1,
};

export const CLASSES: MadeUpSource = { ...REGRESSION, problem: 'classes', classes: 3, noise: 1 };

/** A tiny network on made-up data. */
export function settingOn(source: MadeUpSource, changes: Record<string, unknown> = {}): Setting {
  const isRegression = source.problem === 'regression';
  return {
    recipe: parseRecipe({
      model: {
        layers: [
          { kind: 'dense', units: 8, activation: 'relu' },
          { kind: 'dense', units: 5, activation: 'relu' },
          { kind: 'dense', units: source.classes, activation: isRegression ? 'linear' : 'softmax' },
        ],
      },
      seed: 7,
      optimizer: { name: 'adam', learningRate: 0.01 },
      loss: isRegression ? 'meanSquaredError' : 'sparseCategoricalCrossentropy',
      fit: { epochs: 3, batchSize: 16 },
      ...changes,
    }),
    data: { source, rows: null, bootstrap: null },
    execution: { threads: 1, isa: 'auto' },
  };
}

export function trainTask(setting: Setting, seed: number | string, keep: TrainTask['keep'] = []): TrainTask {
  return { kind: 'train', setting: { ...setting, recipe: { ...setting.recipe, seed } }, repeat: 0, keep };
}

/** An experiment with these tasks, whose statement has a number of each. */
export function experimentOf(
  plan: (ground: Ground) => Iterable<Task>,
  { base = settingOn(REGRESSION), name = 'some' }: { readonly base?: Setting; readonly name?: string } = {},
): Experiment {
  return {
    name,
    question: 'Does it work?',
    folklore: null,
    summary: 'a few runs',
    repeats: 5,
    base: () => base,
    plan,
    conclude: (ground, results) => conclusion([...plan(ground)].map((task) => numberOf(task, results))),
  };
}

/** Trains with so many seeds, keeping predictions. */
export function seedsExperiment(base = settingOn(REGRESSION)): Experiment {
  return experimentOf(
    (ground) => Array.from({ length: ground.repeats }, (_, seed) => trainTask(ground.base, seed, ['predictions'])),
    { base },
  );
}

function numberOf(task: Task, results: Results): number {
  if (task.kind === 'train') {
    const { test, predictions } = results.get(task);
    return test.loss + (task.keep.includes('predictions') ? predictions()[0] : 0);
  }
  if (task.kind === 'pair') return results.get(task).samples.length;
  if (task.kind === 'stages') return results.get(task).fits[0].firstLoss;
  return task.kind === 'forward' ? results.get(task).distinct : results.get(task).exact;
}

function conclusion(numbers: readonly number[]): Conclusion {
  return {
    verdict: 'supported',
    claim: 'It works.',
    statement: numbers.join(', '),
    effect: { name: 'sum', unit: '', estimate: numbers.reduce((sum, value) => sum + value, 0) },
    interval: null,
    findings: [],
    tables: [],
    pictures: [],
  };
}
