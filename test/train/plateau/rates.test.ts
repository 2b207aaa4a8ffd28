/** What reduceOnPlateau describes, and its rates and state after every epoch. */
import {
  compareRuns,
  type Optimizer,
  openRun,
  type ReduceOnPlateauOptions,
  reduceOnPlateau,
  sgd,
  warmUp,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { decidedMode } from '../../../dist/model/reduce-on-plateau.js';
import { addon } from '../../../dist/native/addon.js';
import { observed, type Plateau, unobserved } from '../../oracle/schedules.js';
import { freshPath } from '../../runs/folder.js';
import { FIT, labels, model, x } from '../../runs/problem.js';
import { failure } from '../problem.js';
import { kerasRates } from './course.js';

const NETWORK = { isa: 'scalar', emulate: 0, inputs: 1, rescale: null, loss: 'meanSquaredError' } as const;
const LAYER = { kind: 'dense', units: 1, activation: 'linear', useBias: false } as const;

/** Rates after each epoch, of the native schedule, with its whole state. */
function statesOf(options: ReduceOnPlateauOptions, values: readonly number[]): Plateau[] {
  const learningRate = decidedMode(reduceOnPlateau(options));
  const network = new (addon().Network)({
    ...NETWORK,
    layers: [LAYER],
    optimizer: { kind: 'sgd', learningRate },
  } as never);
  try {
    return values.map((value, i) => {
      network.setCounters({ ...network.getCounters(), steps: i + 1, epochs: i + 1 });
      network.observe(value);
      return { ...(network.getCounters().plateau as Plateau) };
    });
  } finally {
    network.dispose();
  }
}

const NAN = Number.NaN;
const COURSES: readonly (readonly [string, Partial<ReduceOnPlateauOptions>, readonly number[]])[] = [
  ['falls', { patience: 2 }, [5, 4, 3, 2, 1]],
  ['stays', { patience: 2, factor: 0.5 }, [1, 1, 1, 1, 1, 1, 1]],
  ['patience 0 is as 1', { patience: 0 }, [1, 1, 1]],
  ['becomes better by minDelta, no more', { patience: 1, minDelta: 0.5 }, [3, 2.5, 2, 1.9, 1.3]],
  ['cools down', { patience: 1, cooldown: 3, factor: 0.5 }, [1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2]],
  ['becomes better while it cools down', { patience: 2, cooldown: 2 }, [1, 2, 2, 0, 2, 2, 2, 2, 2]],
  ['cools down for one epoch', { patience: 2, cooldown: 1 }, [1, 2, 2, 2, 2, 2, 2, 2, 2]],
  ['comes to the least', { patience: 1, minLearningRate: 0.03, factor: 0.5 }, [1, 1, 1, 1, 1, 1, 1]],
  ['begins below the least', { patience: 1, minLearningRate: 7 }, [1, 1, 1, 1]],
  ['is NaN', { patience: 2 }, [NAN, NAN, 1, NAN, 0.5, NAN, NAN, NAN, NAN]],
  ['is infinite', { patience: 2 }, [Infinity, Infinity, 3, Infinity, 2, -Infinity, -Infinity, -Infinity]],
  ['rises, and more is better', { patience: 2, monitor: 'val_accuracy' }, [0, 0.5, 0.5, 0.5, 0.6, 0.7, 0.1, 0.1]],
  ['rises, and more is better by its name', { patience: 1, monitor: 'val_r2' }, [0, 0.5, 0.5, 0.6, 0.1]],
  ['falls, and less is better by its name', { patience: 1, monitor: 'val_logLoss' }, [2, 1, 1, 0.5, 3]],
  ['rises, and less is better', { patience: 2, monitor: 'accuracy', mode: 'min' }, [0, 0.5, 0.5, 0.5, -1, 0]],
  ['falls, and more is better', { patience: 1, monitor: 'loss', mode: 'max' }, [5, 4, 3, 6, 7, 1]],
  ['is -0', { patience: 1, minDelta: 0 }, [-0, 0, -0]],
];

describe('a rate whose metric', () => {
  it.each(COURSES)('%s has the rates of Keras and the state of the oracle', (_, rest, values) => {
    const options = { initialLearningRate: 0.1, ...rest };
    const states = statesOf(options, values);
    expect(states.map(({ learningRate }) => learningRate)).toEqual(kerasRates(options, values));
    const schedule = reduceOnPlateau(options);
    let state = unobserved(schedule) as Plateau;
    values.forEach((value, i) => {
      state = observed(schedule, state, i + 1, value);
      expect(states[i]).toStrictEqual(state);
    });
  });

  it('is better than nothing, even where it is infinite', () => {
    expect(statesOf({ initialLearningRate: 1 }, [Infinity])[0]).toStrictEqual({
      learningRate: 1,
      best: Infinity,
      wait: 1,
      cooldown: 0,
    });
  });
});

describe('reduceOnPlateau', () => {
  it('has the defaults of Keras', () => {
    expect(reduceOnPlateau({ initialLearningRate: 0.5 })).toEqual({
      name: 'reduceOnPlateau',
      initialLearningRate: 0.5,
      monitor: 'val_loss',
      factor: 0.1,
      patience: 10,
      minDelta: 1e-4,
      cooldown: 0,
      minLearningRate: 0,
      mode: 'auto',
    });
  });

  it.each<[string, () => unknown, string]>([
    ['no rate', () => reduceOnPlateau({} as never), 'a number above 0 for reduceOnPlateau.initialLearningRate'],
    ['a factor of 1', () => reduceOnPlateau({ initialLearningRate: 1, factor: 1 }), 'above 0 and below 1'],
    ['half an epoch', () => reduceOnPlateau({ initialLearningRate: 1, patience: 0.5 }), 'an integer of at least 0'],
    [
      'a metric of another library',
      () => reduceOnPlateau({ initialLearningRate: 1, monitor: 'valLoss' as never }),
      "'val_r2' (did you mean 'val_loss'?) for reduceOnPlateau.monitor",
    ],
    [
      'a metric of no library',
      () => reduceOnPlateau({ initialLearningRate: 1, monitor: 7 as never }),
      "'val_r2' for reduceOnPlateau.monitor",
    ],
    [
      "Keras's word",
      () => reduceOnPlateau({ initialLearningRate: 1, minDeltas: 1 } as never),
      'did you mean minDelta?',
    ],
    [
      'a warm-up inside',
      () => sgd({ learningRate: { ...reduceOnPlateau({ initialLearningRate: 1 }), steps: 3 } as never }),
      'one of the options name, initialLearningRate, monitor',
    ],
  ])('refuses %s', async (_, action, text) => {
    const { code, message } = await failure(action);
    expect(code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(message).toContain(text);
  });

  it('refuses a metric that no epoch will have, before anything is trained', async () => {
    const on = (monitor: ReduceOnPlateauOptions['monitor'], warm = false): Optimizer => {
      const learningRate = reduceOnPlateau({ initialLearningRate: 0.1, monitor });
      return sgd({ learningRate: warm ? warmUp({ schedule: learningRate, steps: 2 }) : learningRate });
    };
    const watched = model(on('val_loss'));
    const before = watched.fingerprint('state');
    const folder = freshPath();
    const error = await failure(() => watched.fit(x, labels, { ...FIT, folder }));
    expect(error.code).toBe('ERR_SAMEBITS_ARGUMENT');
    expect(error.message).toContain(
      'Expected validationData, or one of the metrics loss, accuracy, for ' +
        'optimizer.learningRate.monitor but received "val_loss"',
    );
    expect(watched.fingerprint('state')).toBe(before);
    await expect(openRun(folder)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    await expect(model(on('val_accuracy', true)).fit(x, labels, FIT)).rejects.toThrow(
      'loss, accuracy, for optimizer.learningRate.schedule.monitor',
    );
    expect(() => watched.compile({ optimizer: on('accuracy'), loss: 'sparseCategoricalCrossentropy' })).toThrow(
      "metrics: ['accuracy'], or one of the metrics loss, val_loss, for compile.optimizer",
    );
    const { recipe } = await model(on('val_loss')).fit(x, labels, { ...FIT, validationSplit: 0.2 });
    await expect(compareRuns(recipe, [{ threads: 1 }, { threads: 2 }], { x, y: labels })).rejects.toThrow(
      'Expected validationData, or one of the metrics',
    );
  });
});
