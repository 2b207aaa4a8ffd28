/** Small runs of every kind, and how folders are compared. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  activation,
  adagrad,
  adam,
  adamw,
  batchNormalization,
  type Callbacks,
  dense,
  dropout,
  type FitOptions,
  l1l2,
  maxNorm,
  nadam,
  type Optimizer,
  reduceOnPlateau,
  rmsprop,
  type Sequential,
  type SequentialOptions,
  sequential,
  sgd,
} from 'samebits';
import { CLASSES, COLUMNS, labels, x } from '../train/problem.js';

export { labels, x };

/** 3 epochs of 4 steps: batches of 40, 40, 40 and 30 rows; leaves of 16. */
export const FIT = { epochs: 3, batchSize: 40, batchLeaf: 16 } as const;
export const STEPS = 12;

export const OPTIMIZERS: Readonly<Record<string, Optimizer>> = {
  sgd: sgd(),
  momentum: sgd({ momentum: 0.9 }),
  nesterov: sgd({ momentum: 0.9, nesterov: true }),
  rmsprop: rmsprop(),
  'rmsprop with momentum': rmsprop({ momentum: 0.5 }),
  adam: adam(),
  'adam with amsgrad': adam({ amsgrad: true }),
  nadam: nadam(),
  adagrad: adagrad({ learningRate: 0.05 }),
  'sgd with values clipped': sgd({ learningRate: 0.5, clipValue: 0.01 }),
  'rmsprop with all gradients clipped': rmsprop({ globalClipNorm: 0.1, weightDecay: 0.1, decayBiases: true }),
  'sgd on a plateau': sgd({
    learningRate: reduceOnPlateau({ initialLearningRate: 0.05, monitor: 'loss', mode: 'max', patience: 1 }),
  }),
  'adamw with an average': adamw({ clipNorm: 0.5, movingAverage: { momentum: 0.9, overwriteEvery: 5 } }),
};

/** Batch normalization before and behind an activation, with constraints and regularizers. */
export const NORMALIZED: SequentialOptions['layers'] = [
  batchNormalization({ momentum: 0.9, inputShape: [COLUMNS] }),
  dense({ units: 9, kernelConstraint: maxNorm({ maxValue: 0.8 }), biasConstraint: 'nonNegative' }),
  activation({ activation: 'gelu' }),
  batchNormalization({ center: false }),
  dropout({ rate: 0.3 }),
  dense({ units: CLASSES, activation: 'softmax', kernelRegularizer: l1l2() }),
];

export function model(optimizer: Optimizer = adam(), options: Partial<SequentialOptions> = {}): Sequential {
  const built = sequential({
    layers: [
      dense({ units: 9, activation: 'tanh', inputShape: [COLUMNS] }),
      dropout({ rate: 0.3 }),
      dense({ units: CLASSES, activation: 'softmax' }),
    ],
    seed: 11,
    ...options,
  });
  built.compile({ optimizer, loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] });
  return built;
}

/** Callbacks that remember what they saw, in checkpoints too, and a signal that aborts after a step. */
export class Witness {
  readonly #controller = new AbortController();
  readonly signal = this.#controller.signal;
  seen: string[] = [];
  steps = 0;
  readonly callbacks: Callbacks;

  constructor(stopAfter = Number.POSITIVE_INFINITY) {
    this.callbacks = {
      onEpochBegin: (epoch) => this.seen.push(`begin ${epoch}`),
      onBatchEnd: (batch, { loss }) => {
        this.seen.push(`batch ${batch} ${loss}`);
        this.steps += 1;
        if (this.steps === stopAfter) this.#controller.abort();
      },
      onEpochEnd: (epoch, metrics) => this.seen.push(`end ${epoch} ${JSON.stringify(metrics)}`),
      onTrainEnd: () => this.seen.push('done'),
      getState: () => ({ seen: this.seen, steps: this.steps }),
      setState: (state) => {
        const { seen, steps } = state as { seen: string[]; steps: number };
        this.seen = [...seen];
        this.steps = steps;
      },
    };
  }

  /** The parts that a fit takes. */
  get watching(): Pick<FitOptions, 'signal' | 'callbacks'> {
    return { signal: this.signal, callbacks: this.callbacks };
  }

  /** The same, without anything to remember. */
  get stopping(): Pick<FitOptions, 'signal' | 'callbacks'> {
    const { onBatchEnd } = this.callbacks;
    return { signal: this.signal, callbacks: { onBatchEnd } as Callbacks };
  }
}

/** All files of a folder by name, as base64 or, for the manifest, without times, machines and how it was executed. */
export function contents(folder: string): Record<string, unknown> {
  const files: Record<string, unknown> = {};
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = readFileSync(path);
    const { sha256: _, sessions: __, ...manifest } = entry.name === 'manifest.json' ? JSON.parse(bytes.toString()) : {};
    files[path.slice(folder.length)] = entry.name === 'manifest.json' ? manifest : bytes.toString('base64');
  }
  return files;
}
