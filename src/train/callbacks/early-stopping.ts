/** Ending a run that no longer gets better. */
import * as v from 'valibot';
import { check, fields, integer, oneOf, type Schema } from '../../arguments.js';
import { expected } from '../../errors.js';
import type { JsonValue } from '../../runs/json.js';
import { METRIC_NAMES, type MetricName } from '../../runs/metrics.js';
import type { Callbacks } from '../fit-options.js';

/** Options of {@link earlyStopping}; names and defaults are those of Keras. */
export interface EarlyStoppingOptions {
  /** The metric that is watched. @default 'val_loss' */
  readonly monitor?: MetricName;
  /** Epochs in a row without improvement after which the run ends; 0 is as 1. @default 0 */
  readonly patience?: number;
  /** By more than this a value has to be better than the best one, at least 0. @default 0 */
  readonly minDelta?: number;
  /** Whether less is better or more; `auto`: more of an accuracy, less of a loss. @default 'auto' */
  readonly mode?: 'auto' | 'min' | 'max';
}

const schema = fields({
  monitor: v.optional(oneOf(METRIC_NAMES), 'val_loss'),
  patience: v.optional(integer(0), 0),
  minDelta: v.optional(
    v.custom<number>((value) => Number.isFinite(value) && (value as number) >= 0, 'a finite number of at least 0'),
    0,
  ),
  mode: v.optional(oneOf(['auto', 'min', 'max'] as const), 'auto'),
});

/** What it remembers: the best value, null before there is one, and epochs since. */
interface State {
  readonly best: number | null;
  readonly wait: number;
}

const FRESH: State = { best: null, wait: 0 };

const stateSchema: Schema<State> = fields({
  best: v.nullable(v.pipe(v.number('a number'), v.finite('a finite number'))),
  wait: integer(0),
});

/**
 * Callbacks that end a run when a metric has not become better for a while, as Keras's `EarlyStopping` does: an epoch is
 * better where value + minDelta < best (less is better) or value − minDelta > best. NaN and infinite values never are. The first
 * epoch ends no run. It begins anew with every `fit`, and goes on in `resume`.
 *
 * The model keeps the weights of the last epoch; `fit({ best: 'val_loss' })` keeps those of the best one beside them, as
 * `run.best`.
 *
 * @example
 * const run = await model.fit(x, y, { epochs: 100, validationData, best: 'val_loss', callbacks: earlyStopping({ patience: 5 }) });
 * if (run.best) model.setWeights(run.best.weights);
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`; `fit` rejects with it where its epochs do not have the metric.
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callbacks {
  const { monitor, patience, minDelta, mode } = check(schema, options, 'earlyStopping');
  const more = mode === 'auto' ? monitor.endsWith('accuracy') : mode === 'max';
  const isBetter = (value: number, best: number | null): boolean => {
    if (!Number.isFinite(value)) return false;
    return best === null || (more ? value - minDelta > best : value + minDelta < best);
  };
  let state = FRESH;
  return {
    onEpochBegin: (epoch) => {
      if (epoch === 0) state = FRESH;
    },
    onEpochEnd: (epoch, metrics, training) => {
      const value = metrics[monitor];
      if (value === undefined) {
        throw expected(`a metric of this run (${Object.keys(metrics).join(', ')})`, 'earlyStopping.monitor', monitor);
      }
      if (isBetter(value, state.best)) state = { best: value, wait: 0 };
      else state = { ...state, wait: state.wait + 1 };
      if (epoch > 0 && state.wait > 0 && state.wait >= patience) training.stop();
    },
    getState: () => ({ ...state }),
    setState: (kept: JsonValue) => {
      state = check(stateSchema, kept, 'the state of earlyStopping');
    },
  };
}
