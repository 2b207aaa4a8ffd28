/** Ending a run that no longer gets better. */
import * as v from 'valibot';
import { check, fields, flag, integer, oneOf, type Schema } from '../../arguments.js';
import { expected } from '../../errors.js';
import { METRIC_NAMES, type MetricName, moreIsBetter } from '../../metrics/names.js';
import type { JsonValue } from '../../runs/json.js';
import type { Callbacks } from '../fit-options.js';

/** Options of {@link earlyStopping}; names and defaults are those of Keras. */
export interface EarlyStoppingOptions {
  /** The metric that is watched. @default 'val_loss' */
  readonly monitor?: MetricName;
  /** Epochs in a row without improvement after which the run ends; 0 is as 1. @default 0 */
  readonly patience?: number;
  /** By more than this a value has to be better than the best one, at least 0. @default 0 */
  readonly minDelta?: number;
  /** Whether less is better or more; `auto`: less of losses and errors, more of the others. @default 'auto' */
  readonly mode?: 'auto' | 'min' | 'max';
  /**
   * Give the model the weights of the epoch that was best by the metric (by any difference, whatever `minDelta` is) when the run
   * is complete, ended or not; needs mode `auto` or what it would be. @default false
   */
  readonly restoreBestWeights?: boolean;
}

const schema = fields({
  monitor: v.optional(oneOf(METRIC_NAMES), 'val_loss'),
  patience: v.optional(integer(0), 0),
  minDelta: v.optional(
    v.custom<number>((value) => Number.isFinite(value) && (value as number) >= 0, 'a finite number of at least 0'),
    0,
  ),
  mode: v.optional(oneOf(['auto', 'min', 'max'] as const), 'auto'),
  restoreBestWeights: v.optional(flag, false),
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
 * The model keeps the weights of the last epoch, unless `restoreBestWeights` is set. `run.fingerprint` and a run folder's
 * `weights.safetensors` are of the last epoch in any case: of what was computed. `run.best` and `best.safetensors` are of the best.
 *
 * @example
 * const callbacks = earlyStopping({ patience: 5, restoreBestWeights: true });
 * const run = await model.fit(x, y, { epochs: 100, validationData, callbacks });
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`; `fit` rejects with it, before it begins, where its epochs will not have the metric.
 */
export function earlyStopping(options: EarlyStoppingOptions = {}): Callbacks {
  const { monitor, patience, minDelta, mode, restoreBestWeights } = check(schema, options, 'earlyStopping');
  const risesByName = moreIsBetter(monitor);
  const more = mode === 'auto' ? risesByName : mode === 'max';
  if (restoreBestWeights && more !== risesByName) {
    throw expected(
      `'${risesByName ? 'max' : 'min'}', to restore the best epoch by ${monitor},`,
      'earlyStopping.mode',
      mode,
    );
  }
  const isBetter = (value: number, best: number | null): boolean => {
    if (!Number.isFinite(value)) return false;
    return best === null || (more ? value - minDelta > best : value + minDelta < best);
  };
  let state = FRESH;
  return {
    watches: monitor,
    ...(restoreBestWeights ? { restoreBest: monitor } : {}),
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
