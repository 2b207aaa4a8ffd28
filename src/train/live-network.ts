/**
 * The native network of a model through its life: made when it is first needed, made anew for another instruction set or
 * objective with its memory carried over, and guarded against uses that would see it half-way through a step.
 */
import { expected, SamebitsError } from '../errors.js';
import { declaredInputs, type Parameter, parametersOf } from '../model/description.js';
import { slotNames } from '../model/optimizers.js';
import type { Counters, NativeNetwork } from '../native/network.js';
import { resolveExecution } from './execution.js';
import { countersAnew } from './learning-rate.js';
import {
  createNetwork,
  type Hardware,
  initialize,
  type Objective,
  type Origin,
  readState,
  sameHardware,
  writeState,
} from './network.js';

interface Built {
  readonly network: NativeNetwork;
  readonly hardware: Hardware;
  readonly inputs: number;
}

export class LiveNetwork {
  readonly origin: Origin;
  #objective: Objective | null = null;
  #built: Built | null = null;
  #disposed = false;
  /** The weights are what the origin drew; steps are counted elsewhere. */
  #drawn = true;
  /** Name of the call that has the network to itself, e.g. `fit`. */
  #holder: string | null = null;
  #stepping = false;
  readonly #readers = new Set<Promise<unknown>>();

  constructor(origin: Origin) {
    this.origin = origin;
  }

  get objective(): Objective | null {
    return this.#objective;
  }

  /** Columns of the data, as soon as they are known. */
  get inputs(): number | undefined {
    return this.#built?.inputs ?? declaredInputs(this.origin.model);
  }

  /** Whether the network is what its description alone gives: no step was made, no weight set. */
  get isInitial(): boolean {
    return this.#drawn && (this.#built === null || this.#built.network.getCounters().steps === 0);
  }

  /** Says that weights were set. */
  weightsSet(): void {
    this.#drawn = false;
  }

  /** The network for data of `inputs` columns, on `hardware` if that is given. */
  network(inputs: number, hardware?: Hardware): NativeNetwork {
    this.checkUsable();
    const built = this.#built;
    if (built !== null && (hardware === undefined || sameHardware(hardware, built.hardware))) return built.network;
    const wanted = hardware ?? { isa: resolveExecution({}).isa, emulate: [] };
    const network = createNetwork(this.origin, inputs, wanted, this.#objective);
    if (built === null) initialize(network, this.origin, inputs);
    else this.#carryOver(built, network, slotNames(this.#objective?.optimizer).length);
    this.#built = { network, hardware: wanted, inputs };
    return network;
  }

  /** As {@link network}, where no data says how many columns there are. */
  networkAsDeclared(what: string): NativeNetwork {
    return this.network(this.knownInputs(what));
  }

  /** @throws SamebitsError `ERR_SAMEBITS_STATE` where neither description nor data has said it yet. */
  knownInputs(what: string): number {
    this.checkUsable();
    if (this.inputs !== undefined) return this.inputs;
    throw new SamebitsError(
      'ERR_SAMEBITS_STATE',
      `Expected a model whose number of inputs is known for ${what}: give the first layer inputShape, or use data first`,
    );
  }

  /** @throws SamebitsError `ERR_SAMEBITS_SHAPE` for data of another number of columns than the first layer takes. */
  checkInputs(columns: number, what: string): void {
    const { inputs } = this;
    if (inputs !== undefined && inputs !== columns)
      throw expected(`${inputs}, the model's inputs,`, what, columns, 'ERR_SAMEBITS_SHAPE');
  }

  parameters(what: string): readonly Parameter[] {
    return parametersOf(this.origin.model, this.knownInputs(what));
  }

  /** Sets the objective: weights and epoch and step counters stay, the optimizer starts anew. */
  setObjective(objective: Objective, what: string): void {
    this.checkIdle(what);
    this.#objective = objective;
    const built = this.#built;
    if (built === null) return;
    const network = createNetwork(this.origin, built.inputs, built.hardware, objective);
    this.#carryOver(built, network, 0, (counters) => countersAnew(counters, objective.optimizer));
    this.#built = { ...built, network };
  }

  /** Back to the initial weights of the seed: the network is drawn again when it is next needed. */
  forget(what: string): void {
    this.checkIdle(what);
    this.#built?.network.dispose();
    this.#built = null;
    this.#drawn = true;
  }

  dispose(): void {
    if (this.#disposed) return;
    this.forget('dispose');
    this.#disposed = true;
  }

  /** @throws SamebitsError `ERR_SAMEBITS_STATE` after `dispose`. */
  checkUsable(): void {
    if (this.#disposed) throw new SamebitsError('ERR_SAMEBITS_STATE', 'Expected a model that is not disposed');
  }

  /** @throws SamebitsError `ERR_SAMEBITS_STATE` before `compile`. */
  compiled(what: string): Objective {
    this.checkUsable();
    if (this.#objective !== null) return this.#objective;
    throw new SamebitsError('ERR_SAMEBITS_STATE', `Expected a compiled model for ${what}: call compile() first`);
  }

  /** @throws SamebitsError `ERR_SAMEBITS_BUSY` while anything else uses the network. */
  checkIdle(what: string): void {
    this.checkFree(what);
    if (this.#readers.size > 0) throw busy(what, 'predict or evaluate');
  }

  /** @throws SamebitsError `ERR_SAMEBITS_BUSY` while a call trains it. */
  checkFree(what: string): void {
    this.checkUsable();
    if (this.#holder !== null) throw busy(what, this.#holder);
  }

  /** @throws SamebitsError `ERR_SAMEBITS_BUSY` inside a step; between steps (in callbacks) reading is fine. */
  checkReadable(what: string): void {
    this.checkUsable();
    if (this.#stepping) throw busy(what, this.#holder ?? 'training');
  }

  /** Runs `train` with the network to itself. */
  async hold<T>(what: string, train: () => Promise<T>): Promise<T> {
    this.checkFree(what);
    this.#holder = what;
    try {
      return await train();
    } finally {
      this.#holder = null;
    }
  }

  /** One native training call inside {@link hold}, after those who still read have ended. */
  async step<T>(train: () => Promise<T>): Promise<T> {
    while (this.#readers.size > 0) await Promise.allSettled(this.#readers);
    this.#stepping = true;
    try {
      return await train();
    } finally {
      this.#stepping = false;
    }
  }

  /** A native call that reads the weights; several may run beside each other. */
  async read<T>(what: string, reading: () => Promise<T>): Promise<T> {
    this.checkReadable(what);
    const promise = reading();
    this.#readers.add(promise);
    try {
      return await promise;
    } finally {
      this.#readers.delete(promise);
    }
  }

  /** Weights, counters and as many of the optimizer's slots go from the old network, which ends, to the new one. */
  #carryOver(
    from: Built,
    to: NativeNetwork,
    slots: number,
    counted: (counters: Counters) => Counters = (counters) => counters,
  ): void {
    const parameters = parametersOf(this.origin.model, from.inputs);
    const { tensors, counters } = readState(from.network, parameters, slots);
    writeState(to, parameters, { tensors, counters: counted(counters) });
    from.network.dispose();
  }
}

function busy(what: string, holder: string): SamebitsError {
  return new SamebitsError(
    'ERR_SAMEBITS_BUSY',
    `Expected an idle model for ${what} but ${holder} is under way: wait for its promise first`,
  );
}
