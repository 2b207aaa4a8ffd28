/** Instruction sets: does the vector unit that a machine has reach the bits? */
import { formatList } from '../../format.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { TrainTask } from '../experiment/task.js';
import { type Verdict, verdict } from '../verdict.js';
import { seededBases } from './partings.js';
import { restlessBase } from './threads-and-order.js';
import { train, varied } from './varied.js';
import { counted, exactly } from './wording.js';

export const instructionSet: Experiment = {
  name: 'instruction-set',
  question: 'Does the instruction set that trains reach the result?',
  folklore: 'Scalar code, AVX2 and AVX-512 sum in other orders, so other processors train other models.',
  summary: '5 seeds on every instruction set of the machine',
  repeats: 5,
  base: restlessBase,
  plan: (ground) => runs(ground).flat(),
  conclude,
};

/** For each seed a run on each instruction set. */
function runs(ground: Ground): TrainTask[][] {
  return seededBases(ground).map((setting) =>
    ground.isas.map((isa) => train(varied(setting, { reduction: 'fixed', isa }), [])),
  );
}

function conclude(ground: Ground, results: Results): Conclusion {
  const { isas, repeats } = ground;
  const found = runs(ground).map((tasks) => tasks.map((task) => results.get(task)));
  const compared = repeats * (isas.length - 1);
  const others = found.flatMap(([first, ...rest]) =>
    rest.filter(({ fingerprint }) => fingerprint !== first.fingerprint),
  );
  const interval = compared === 0 ? null : exactly(others.length / compared);
  const steps = found[0][0].steps;
  return {
    verdict:
      interval === null ? ('cannot tell' satisfies Verdict) : verdict(interval, { effect: 'above', threshold: 0 }),
    claim: 'Another instruction set changes the bits of what is trained.',
    statement:
      interval === null
        ? `This machine has one instruction set (${isas[0]}), so there is nothing to compare.`
        : `Runs on ${formatList(isas)} gave ${others.length === 0 ? 'the same bits' : `other bits in ${others.length} of ${compared} runs`} ` +
          `with ${others.length === 0 ? 'each of ' : ''}${counted(repeats, 'seed')}, after ${steps} steps` +
          `${others.length === 0 ? '' : ', which is a fault of this build'}.`,
    effect: {
      name: `share of runs with other bits than on ${isas[0]}`,
      unit: '',
      estimate: interval === null ? null : others.length / compared,
    },
    interval,
    findings: [
      others.length === 0
        ? 'Vectors hold other outputs side by side, never parts of one sum: how many they hold cannot reach the order of it.'
        : 'Run `samebits doctor`: it says which operation is at fault.',
    ],
    tables: [
      {
        title: 'Weights by instruction set',
        caption: 'The first digits of the fingerprints: equal in a row are equal bits.',
        columns: [{ name: 'seed', format: 'count' }, ...isas.map((name) => ({ name }))],
        rows: found.map((row, seed) => [seed + 1, ...row.map(({ fingerprint }) => fingerprint.slice(0, 12))]),
      },
    ],
    pictures: [
      {
        kind: 'heatmap',
        id: 'instruction-set-bits',
        title: 'Where the bits differ',
        caption: `0: the weights of ${isas[0]} to the bit; 1: others.`,
        xLabel: 'seed',
        yLabel: 'instruction set',
        columns: found.map((_, seed) => String(seed + 1)),
        rows: isas,
        values: isas.map((_, i) => found.map((row) => (row[i].fingerprint === row[0].fingerprint ? 0 : 1))),
        value: { label: 'other bits', format: 'count' },
      },
    ],
  };
}
