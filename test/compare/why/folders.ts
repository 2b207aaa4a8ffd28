/** Runs of settings, as folders. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  activation,
  adam,
  adamw,
  batchNormalization,
  dense,
  dropout,
  type FitOptions,
  type Layer,
  l1l2,
  maxNorm,
  modelFromRecipe,
  type Optimizer,
  parseSetting,
  type Setting,
} from 'samebits';
import { settingData } from '../../../dist/compare/setting-data.js';
import { loadSource } from '../../../dist/data/load-source.js';

/** A place for every cause: two hidden layers, dropout, an optimizer with epsilon, made-up data; 2 epochs of 4 steps. */
export const base: Setting = parseSetting({
  recipe: {
    model: {
      layers: [
        dense({ units: 6, activation: 'tanh', inputShape: [8] as const }),
        dropout({ rate: 0.25 }),
        dense({ units: 6, activation: 'tanh' }),
        dropout({ rate: 0.25 }),
        dense({ units: 1, activation: 'sigmoid' }),
      ],
    },
    seed: 42,
    optimizer: adam(),
    loss: 'binaryCrossentropy',
    metrics: ['accuracy'],
    fit: { epochs: 2, batchSize: 10, batchLeaf: 4, freeGrain: 2 },
  },
  data: {
    source: { kind: 'madeUp', problem: 'classes', rows: 40, testRows: 10, columns: 8, classes: 2, noise: 1, seed: 1 },
  },
});

/** `base` with other layers, and another optimizer where one is given. */
export function baseOf(layers: readonly Layer[], optimizer = base.recipe.optimizer): Setting {
  return parseSetting({ ...base, recipe: { ...base.recipe, model: { layers }, optimizer } });
}

/** On the same data: batch normalization, constraints, regularizers; and whatever an optimizer does beside its rule. */
export const normalized: Setting = baseOf(
  [
    dense({ units: 6, useBias: false, kernelConstraint: maxNorm({ maxValue: 0.9 }), inputShape: [8] as const }),
    batchNormalization({ momentum: 0.9 }),
    activation({ activation: 'relu' }),
    dropout({ rate: 0.25 }),
    dense({ units: 6, activation: 'tanh', kernelRegularizer: l1l2(), biasConstraint: 'nonNegative' }),
    dense({ units: 1, activation: 'sigmoid' }),
  ],
  averaging(0.9),
);

/** AdamW that clips, and puts its averages in place of the weights after 5 steps. */
export function averaging(momentum: number): Optimizer {
  return adamw({ learningRate: 0.01, clipNorm: 0.05, movingAverage: { momentum, overwriteEvery: 5 } });
}

export class Folders {
  readonly root = mkdtempSync(join(tmpdir(), 'samebits-why-'));

  at(name: string): string {
    return join(this.root, name);
  }

  remove(): void {
    rmSync(this.root, { recursive: true });
  }

  /** Trains a setting on its own data, with a trace of every step unless told otherwise. */
  async make(name: string, setting: Setting, options: Partial<FitOptions> = {}): Promise<string> {
    const { recipe, data: choice, execution } = setting;
    const { x, y } = settingData(setting, await loadSource(choice.source)).train;
    const { fit, reduction, emulate } = recipe;
    const folder = this.at(name);
    const model = modelFromRecipe(recipe);
    await model.fit(x, y, {
      ...fit,
      reduction,
      emulate,
      ...execution,
      folder,
      dataSource: choice,
      trace: 'step',
      ...options,
    });
    model.dispose();
    return folder;
  }
}

/** The rows of a setting, as `fit` takes them. */
export async function rowsOf(setting: Setting) {
  const { x, y } = settingData(setting, await loadSource(setting.data.source)).train;
  return { x, y };
}
