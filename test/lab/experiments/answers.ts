/** Answers to every kind of task that a built-in experiment plans: what real ones may look like. */
import type { TrainTask } from '../../../dist/lab/experiment/task.js';
import { drifting, fakeFit, sharedSeed } from './fake-pairs.js';
import type { FakeAnswers } from './fake-results.js';
import { type MadeUpRun, madeUpRun } from './made-up-runs.js';

/** @param truth Of trainings. */
export function plausibleAnswers(truth: (task: TrainTask) => MadeUpRun): FakeAnswers {
  return {
    train: madeUpRun(truth),
    stages: ({ setting, stages }) => ({
      fits: stages.flatMap((stage, i) =>
        stage.do === 'fit' || stage.do === 'compileAndFit'
          ? [fakeFit(i, `${setting.recipe.seed} ${stage.do}`, 2 / (i + 1) + Number(setting.recipe.seed) / 100, 0.9)]
          : [],
      ),
    }),
    pair: (task) => {
      const decides = task.a.recipe.loss !== 'meanSquaredError';
      const distance = 0.1 + Number(task.a.recipe.seed) / 1000;
      const differing = decides ? 0.02 : null;
      return sharedSeed(task) === null
        ? drifting({ distance: 1, differing })
        : drifting({ distance, differing, jumpAt: 50 });
    },
    forward: ({ calls, threads, batches, isas }) => ({
      calls: calls * threads.length * batches.length * isas.length,
      distinct: 1,
      ways: isas.flatMap((isa) =>
        threads.flatMap((team) => batches.map((batch) => ({ threads: team, batch, isa, distinct: 1 }))),
      ),
    }),
    sum: ({ orders, workers, repeats }) => ({
      exact: -1000.25,
      orders: Array.from({ length: orders }, (_, i) => ({ float32: -1000 - i / 16, float64: -1000.25 })),
      parallel: workers.map((count) => ({
        workers: count,
        split: -1000 - count,
        tree: -1000.25,
        free: [{ sum: -1000, count: repeats }],
      })),
      tenths: { float32: { sum: Math.fround(0.3), equal: true }, float64: { sum: 0.1 + 0.2, equal: false } },
    }),
  };
}
