/**
 * Other hardware, emulated (docs/numerics.md, "Emulated hardware"): for experiments on why results differ. Bits are still
 * the same at any number of threads and on any machine, but they are not the contract's.
 */
import * as v from 'valibot';
import { oneOf, type Schema } from '../arguments.js';
import { addon } from '../native/addon.js';

/** In the order of their bits in the addon. */
export const EMULATIONS = ['noFma', 'flushSubnormals', 'ordinaryExp'] as const;

/**
 * - `noFma`: a multiplication and an addition, each rounded, wherever the contract fuses them.
 * - `flushSubnormals`: operands and results that are subnormal become zeros.
 * - `ordinaryExp`: exp, log, log1p, tanh and sigmoid within an ULP or two, instead of correctly rounded.
 */
export type Emulation = (typeof EMULATIONS)[number];

/** Each at most once, in one order: equal hardware is an equal recipe. */
export const emulationSchema: Schema<readonly Emulation[]> = v.pipe(
  v.array(oneOf(EMULATIONS), `an array of emulations: ${EMULATIONS.map((name) => `'${name}'`).join(', ')}`),
  v.transform((names) => EMULATIONS.filter((name) => names.includes(name))),
);

/** What the addon takes. */
export function emulationBits(emulate: readonly Emulation[]): number {
  return EMULATIONS.reduce((bits, name, i) => (emulate.includes(name) ? bits | (1 << i) : bits), 0);
}

/** Version of the numerics contract that a run keeps, or `emulated` for none. */
export type Contract = number | 'emulated';

export function contractOf({ emulate }: { readonly emulate: readonly Emulation[] }): Contract {
  return emulate.length === 0 ? addon().contract : 'emulated';
}
