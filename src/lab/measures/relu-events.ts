/** Jump events: relu units that are on in one run and off in the other. */
import { expected } from '../../errors.js';
import type { PredictionMatrix } from './predictions.js';
import { checkSameShape } from './predictions.js';

/** Outputs of a hidden layer with relu, [rows, units]. */
export interface LayerActivations {
  readonly layer: string;
  readonly activations: PredictionMatrix;
}

/** One unit that treats one row differently in two runs. */
export interface ReluEvent {
  /** Step after which the activations were taken. */
  readonly step: number;
  readonly layer: string;
  readonly unit: number;
  readonly row: number;
  /** The run in which the unit is on. */
  readonly on: 'a' | 'b';
}

/**
 * The units and rows at which one run passes a gradient and the other doesn't, by layers, then rows, then units. A unit
 * is off where its output is at most 0, as for the contract's gradient; a NaN passes, and so is on. One event at a
 * time: there may be as many as there are activations.
 *
 * @param a Activations of the one run after `step`, layer by layer.
 * @param b Those of the other, of the same rows.
 * @throws SamebitsError `ERR_SAMEBITS_SHAPE` where layers don't match.
 */
export function* reluEvents(
  step: number,
  a: readonly LayerActivations[],
  b: readonly LayerActivations[],
): Generator<ReluEvent, void, undefined> {
  checkLayers(a, b);
  for (const [i, { layer, activations }] of a.entries()) {
    const [x, y] = [activations.data, b[i].activations.data];
    for (let place = 0; place < x.length; place += 1) {
      const isOff = x[place] <= 0;
      if (isOff === y[place] <= 0) continue;
      const row = Math.floor(place / activations.columns);
      yield { step, layer, unit: place % activations.columns, row, on: isOff ? 'b' : 'a' };
    }
  }
}

/** Events at one step. */
export interface ReluEventCount {
  readonly step: number;
  /** Pairs of unit and row that differ. */
  readonly count: number;
  /** Share of all pairs of unit and row. */
  readonly share: number;
}

/** Gathers events of many steps: all are counted, the first ones are kept. */
export class ReluEventLog {
  readonly #limit: number;
  readonly #events: ReluEvent[] = [];
  readonly #steps: ReluEventCount[] = [];

  /** @param limit Events that are kept. @default 1000 */
  constructor(limit = 1000) {
    this.#limit = limit;
  }

  /**
   * Activations of both runs after a step.
   *
   * @throws SamebitsError `ERR_SAMEBITS_SHAPE` where layers don't match.
   */
  add(step: number, a: readonly LayerActivations[], b: readonly LayerActivations[]): ReluEventCount {
    let count = 0;
    for (const event of reluEvents(step, a, b)) {
      count += 1;
      if (this.#events.length < this.#limit) this.#events.push(event);
    }
    const all = a.reduce((sum, { activations }) => sum + activations.data.length, 0);
    const counted = { step, count, share: all === 0 ? 0 : count / all };
    this.#steps.push(counted);
    return counted;
  }

  /** The events kept, and the number at each step. */
  get(): { readonly events: readonly ReluEvent[]; readonly steps: readonly ReluEventCount[] } {
    return { events: [...this.#events], steps: [...this.#steps] };
  }
}

function checkLayers(a: readonly LayerActivations[], b: readonly LayerActivations[]): void {
  if (a.length !== b.length) throw expected(`${a.length} layers`, 'b', b.length, 'ERR_SAMEBITS_SHAPE');
  a.forEach(({ layer, activations }, i) => {
    if (b[i].layer !== layer) throw expected(`'${layer}'`, `b[${i}].layer`, b[i].layer, 'ERR_SAMEBITS_SHAPE');
    checkSameShape(activations, b[i].activations, `b[${i}].activations`);
  });
}
