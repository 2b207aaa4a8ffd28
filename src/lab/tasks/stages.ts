/** A model through the stages of its life. */

import { setImmediate } from 'node:timers/promises';
import { decisionsOf } from '../../model/losses.js';
import { modelFromRecipe } from '../../train/build.js';
import type { Sequential } from '../../train/sequential.js';
import type { Stage, StagesResult, StagesTask } from '../experiment/task.js';
import type { Outcome, TaskContext } from './outcome.js';
import { rowsOf } from './training.js';

export async function stages(task: StagesTask, context: TaskContext): Promise<Outcome<StagesResult>> {
  const { setting } = task;
  const data = rowsOf(setting, context);
  const rated = decisionsOf(setting.recipe.loss) !== null;
  let model: Sequential = modelFromRecipe({ ...setting.recipe, metrics: rated ? ['accuracy'] : [] });
  const fits: StagesResult['fits'][number][] = [];
  try {
    for (const [stage, what] of task.stages.entries()) {
      if (what.do === 'reset') model.reset();
      if (what.do === 'clone') {
        const original = model;
        model = original.clone();
        original.dispose();
      }
      if (what.do === 'compileAndFit' && model.compiled !== null) model.compile(model.compiled);
      if (what.do === 'compileAndFit' || what.do === 'fit') {
        fits.push({ stage, ...(await train(model, what.epochs)) });
      }
      // Lets an abort come in between stages that are done at once.
      await setImmediate();
      context.signal.throwIfAborted();
    }
  } finally {
    model.dispose();
  }
  return { result: { fits }, arrays: {} };

  async function train(fitted: Sequential, epochs: number) {
    const { recipe, execution } = setting;
    const firstLosses: number[] = [];
    const run = await fitted.fit(data.train.x, data.train.y, {
      ...recipe.fit,
      ...execution,
      epochs,
      reduction: recipe.reduction,
      emulate: recipe.emulate,
      deterministic: false,
      signal: context.signal,
      ...(data.train.weights ? { sampleWeights: data.train.weights } : {}),
      callbacks: {
        onBatchEnd: (_, { loss }) => {
          if (firstLosses.length === 0) firstLosses.push(loss);
        },
      },
    });
    const { history } = run;
    const { threads } = execution;
    const test = await fitted.evaluate(data.test.x, data.test.y, {
      threads,
      batchLeaf: recipe.fit.batchLeaf,
      ...(data.test.weights ? { sampleWeights: data.test.weights } : {}),
    });
    return {
      fingerprint: run.fingerprint,
      firstLoss: firstLosses[0],
      train: { loss: history.loss[epochs - 1], accuracy: history.accuracy?.[epochs - 1] ?? null },
      test: { loss: test.loss, accuracy: test.accuracy ?? null },
    };
  }
}

/** Epochs that the stages train in all. */
export function epochsOf(all: readonly Stage[]): number {
  return all.reduce((sum, stage) => sum + ('epochs' in stage ? stage.epochs : 0), 0);
}
