/** Causes that round otherwise: how a run is executed, in which order it sums, on which hardware, and one flipped bit. */
import { integer } from '../arguments.js';
import { type Emulation, emulationSchema } from '../model/emulation.js';
import { type FlippedBit, flippedBitSchema } from '../model/flipped-bit.js';
import { reductionSchema } from '../model/recipe.js';
import type { Reduction } from '../native/network.js';
import type { ExecutionChoice } from './cause.js';
import { type Lens, lens, withExecution, withFit, withRecipe } from './lens.js';
import { isaSchema, threadsSchema } from './setting.js';

export const threads: Lens<number> = lens({
  name: 'threads',
  title: 'threads',
  description:
    'How many threads share the work. In fixed order the bits are the same; in free order more threads sum the rows of a batch in other orders, and roundings differ from the first step on.',
  kind: 'rounding',
  remedy: "sum in fixed order: reduction: 'fixed'",
  level: threadsSchema,
  read: ({ execution }) => execution.threads,
  replace: (setting, value) => withExecution(setting, { threads: value }),
});

export const isa: Lens<ExecutionChoice['isa']> = lens({
  name: 'isa',
  title: 'instruction set',
  description: 'Which vector instructions are used. In fixed order the bits are the same on all of them.',
  kind: 'rounding',
  remedy: "sum in fixed order: reduction: 'fixed'",
  level: isaSchema,
  read: ({ execution }) => execution.isa,
  replace: (setting, value) => withExecution(setting, { isa: value }),
});

export const reduction: Lens<Reduction> = lens({
  name: 'reduction',
  title: 'order of reductions',
  description:
    'Whether gradients are summed over the rows of a batch in one fixed tree or in the order in which threads arrive. ' +
    'Roundings differ from the first step on, and in free order from run to run.',
  kind: 'rounding',
  remedy: "sum in fixed order: reduction: 'fixed'",
  level: reductionSchema,
  read: ({ recipe }) => recipe.reduction,
  replace: (setting, value) => withRecipe(setting, { reduction: value }),
});

export const batchLeaf: Lens<number> = lens({
  name: 'batchLeaf',
  title: 'rows of a leaf',
  description:
    'Fixed order: how many rows are summed in one chain before chains are added in a tree. Sums are the same but for their roundings, from the first step with more rows on.',
  kind: 'rounding',
  remedy: 'fix fit.batchLeaf',
  level: integer(1, 0xffff_ffff),
  read: ({ recipe }) => recipe.fit.batchLeaf,
  replace: (setting, value) => withFit(setting, { batchLeaf: value }),
});

export const freeGrain: Lens<number> = lens({
  name: 'freeGrain',
  title: 'rows of a unit',
  description: 'Free order: how many rows a thread claims at a time. Roundings differ from the first step on.',
  kind: 'rounding',
  remedy: "sum in fixed order: reduction: 'fixed'",
  level: integer(1, 0xffff_ffff),
  applies: ({ recipe }) => recipe.reduction === 'free',
  read: ({ recipe }) => recipe.fit.freeGrain,
  replace: (setting, value) => withFit(setting, { freeGrain: value }),
});

export const flippedBit: Lens<FlippedBit | null> = lens({
  name: 'flippedBit',
  title: 'one flipped bit',
  description:
    'One bit of one initial weight, inverted: the lowest is the smallest change there is. It is there before the first step.',
  kind: 'rounding',
  remedy: 'start from the same bits',
  level: flippedBitSchema,
  read: ({ recipe }) => recipe.flippedBit,
  replace: (setting, value) => withRecipe(setting, { flippedBit: value }),
});

export const hardware: Lens<readonly Emulation[]> = lens({
  name: 'hardware',
  title: 'other hardware, emulated',
  description:
    'Arithmetic as other processors and libraries have it: without fused multiply-add, with subnormals flushed to zero, or ' +
    'with elementary functions that round otherwise. It shows in the first step.',
  kind: 'rounding',
  remedy: 'keep to the contract: emulate: []',
  level: emulationSchema,
  read: ({ recipe }) => recipe.emulate,
  replace: (setting, value) => withRecipe(setting, { emulate: value }),
});
