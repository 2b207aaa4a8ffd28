import {
  type Callbacks,
  cosineDecay,
  type EpochMetrics,
  learningRateAt,
  openRun,
  resume,
  sgd,
  type TrainingPlace,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { freshPath } from '../runs/folder.js';
import { FIT, labels, model, STEPS, Witness, x } from '../runs/problem.js';
import { failure } from './problem.js';

const PER_EPOCH = STEPS / FIT.epochs;

describe('callbacks', () => {
  const schedule = cosineDecay({ initialLearningRate: 0.1, decaySteps: 10 });

  /** What callbacks are told of where the run stands, in the order of the calls. */
  function listening(): { readonly places: [string, TrainingPlace][]; readonly callbacks: Callbacks } {
    const places: [string, TrainingPlace][] = [];
    const note = (name: string, { epoch, step, steps, learningRate }: TrainingPlace) =>
      places.push([name, { epoch, step, steps, learningRate }]);
    return {
      places,
      callbacks: {
        onEpochBegin: (_, place) => note('begin', place),
        onBatchEnd: (batch, _, place) => note(`batch ${batch}`, place),
        onEpochEnd: (_, __, training) => note('end', training),
      },
    };
  }

  const expected = Array.from({ length: FIT.epochs }, (_, epoch) => {
    const first = epoch * PER_EPOCH;
    const at = (step: number, rateOf: number): TrainingPlace => ({
      epoch,
      step,
      steps: STEPS,
      learningRate: learningRateAt(schedule, rateOf),
    });
    return [
      ['begin', at(first, first)],
      ...Array.from({ length: PER_EPOCH }, (_, batch) => [`batch ${batch}`, at(first + batch + 1, first + batch)]),
      ['end', at(first + PER_EPOCH, first + PER_EPOCH - 1)],
    ];
  }).flat();

  it('are told the epoch, the step and its learning rate', async () => {
    const { places, callbacks } = listening();
    await model(sgd({ learningRate: schedule })).fit(x, labels, { ...FIT, callbacks });
    expect(places).toEqual(expected);
  });

  it('are told the same where a run goes on', async () => {
    const folder = freshPath();
    const before = listening();
    const witness = new Witness(6);
    const callbacks = [before.callbacks, witness.callbacks];
    const fit = model(sgd({ learningRate: schedule })).fit(x, labels, {
      ...FIT,
      folder,
      signal: witness.signal,
      callbacks,
    });
    await expect(fit).rejects.toThrow();
    const after = listening();
    await resume(folder, x, labels, { callbacks: [after.callbacks, new Witness().callbacks] });
    expect([...before.places, ...after.places]).toEqual(expected);
  });

  it('that throw end the run: those behind are not called, the model stays as it is, and the folder goes on', async () => {
    const folder = freshPath();
    const calls: string[] = [];
    const callbacks: Callbacks[] = [
      { onEpochEnd: (epoch) => calls.push(`first ${epoch}`) },
      {
        onEpochEnd: async (epoch) => {
          if (epoch === 1) throw new RangeError('full');
        },
      },
      { onEpochEnd: (epoch) => calls.push(`last ${epoch}`) },
    ];
    const stopped = model();
    const { error } = await failure(() => stopped.fit(x, labels, { ...FIT, folder, callbacks }));
    expect(error).toBeInstanceOf(RangeError);
    expect(calls).toEqual(['first 0', 'last 0', 'first 1']);
    expect((await openRun(folder)).manifest.status).toBe('failed');
    const twoEpochs = model();
    await twoEpochs.fit(x, labels, { ...FIT, epochs: 2 });
    expect(stopped.fingerprint('state')).toBe(twoEpochs.fingerprint('state'));
    const whole = await model().fit(x, labels, FIT);
    await stopped.fit(x, labels, { ...FIT, epochs: 1 });
    expect(stopped.fingerprint()).toBe(whole.fingerprint);
    expect((await resume(folder, x, labels)).run.fingerprint).toBe(whole.fingerprint);
  });
});

describe('callbacks of a class', () => {
  class Best {
    readonly #losses: number[] = [];
    name = 'best';
    least = Number.POSITIVE_INFINITY;

    onEpochEnd(_: number, { loss }: EpochMetrics): void {
      this.#losses.push(loss);
      this.least = Math.min(this.least, loss);
    }

    get losses(): readonly number[] {
      return this.#losses;
    }
  }

  it('are called on the instance, which may have a state of its own', async () => {
    const best = new Best();
    class Further extends Best {}
    const further = new Further();
    const { history } = await model().fit(x, labels, { ...FIT, callbacks: [best, further] });
    expect(best.losses).toEqual(history.loss);
    expect(further.least).toBe(Math.min(...history.loss));
  });

  it('with a method for an event that there is not are refused', async () => {
    class Misspelled {
      onEpochend(): void {}
    }
    const fit = model().fit(x, labels, { ...FIT, callbacks: new Misspelled() as Callbacks });
    await expect(fit).rejects.toThrow(
      /events that there are \(onEpochBegin, .*\) for fit.callbacks but received "onEpochend"/,
    );
  });

  it('of a plain object are called on the object itself', async () => {
    const callbacks: Callbacks = {
      onEpochEnd() {
        expect(this).toBe(callbacks);
      },
    };
    await model().fit(x, labels, { ...FIT, callbacks });
  });
});
