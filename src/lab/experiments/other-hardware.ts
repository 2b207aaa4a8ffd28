/** Other hardware, emulated: what arithmetic that the contract rules out would do. */
import type { Setting } from '../../causes/cause.js';
import type { Emulation } from '../../model/emulation.js';
import type { BaseChoice, Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import { verdict } from '../verdict.js';
import { partingPictures, partingTables } from './parting-pictures.js';
import {
  AS_FAR,
  endWords,
  farAsSeed,
  measureParting,
  otherSeeds,
  type Parting,
  type PartingArm,
  pair,
  pairsOf,
  partingWords,
  reluWords,
  seededBases,
} from './partings.js';
import { restlessBase } from './threads-and-order.js';
import { requireCause, varied } from './varied.js';
import { effectInterval, intervalWords, percent } from './wording.js';

const KINDS: readonly { readonly label: string; readonly emulate: readonly Emulation[] }[] = [
  { label: 'no fused multiply-add', emulate: ['noFma'] },
  { label: 'subnormals flushed to zero', emulate: ['flushSubnormals'] },
  { label: 'an ordinary exp and log', emulate: ['ordinaryExp'] },
];

export const otherHardware: Experiment = {
  name: 'other-hardware',
  question: 'How far does other hardware lead away, where nothing holds its arithmetic to a contract?',
  folklore: 'Another machine gives another result, because its floating-point arithmetic rounds otherwise.',
  summary: '6 seeds on three kinds of emulated hardware, which are slow',
  repeats: 6,
  base,
  plan: (ground) => pairsOf([...arms(ground), otherSeeds(ground)]),
  conclude,
};

/** Emulation is slow: of the 60,000 rows of MNIST the first 2,000, unless the user says otherwise. */
function base(choice: BaseChoice): Setting {
  const whole = restlessBase(choice);
  return whole.data.source.kind === 'mnist' ? varied(whole, { rows: 2000 }) : whole;
}

function arms(ground: Ground): PartingArm[] {
  requireCause(ground.base, 'hardware');
  const bases = seededBases(ground).map((setting) => varied(setting, { hardware: [] }));
  return KINDS.map(({ label, emulate }) => ({
    label,
    seeds: bases.map((setting) => [pair(setting, varied(setting, { hardware: emulate }))]),
  }));
}

function conclude(ground: Ground, results: Results): Conclusion {
  const partings = arms(ground).map((arm) => measureParting(results, arm));
  const seeds = measureParting(results, otherSeeds(ground));
  const [noFma] = partings;
  const ratio = farAsSeed(noFma, seeds);
  return {
    verdict: verdict(ratio, { effect: 'above', threshold: AS_FAR }),
    claim: `A processor without fused multiply-add leads as far away as another seed (at least ${100 * AS_FAR} % as far).`,
    statement:
      noFma.first === null
        ? `Without fused multiply-add, all ${noFma.pairs.length} runs kept the weights of those with it.`
        : `Without fused multiply-add ${partingWords(noFma)}, and ${endWords(noFma)}: ${percent(ratio.estimate)} as far as with ` +
          `another seed (${intervalWords(ratio, percent)}).`,
    effect: {
      name: 'distance of predictions without fused multiply-add from those with it, over that of another seed',
      unit: '',
      estimate: Number.isFinite(ratio.estimate) ? ratio.estimate : null,
      beside: AS_FAR,
    },
    interval: effectInterval(ratio),
    findings: [
      ...partings.slice(1).map((parting) => kindWords(parting, seeds)),
      reluWords(partings),
      `For comparison, another seed: ${endWords(seeds)}.`,
    ],
    tables: partingTables('Other hardware against the contract', partings, seeds),
    pictures: partingPictures('other-hardware', partings, seeds),
  };
}

function kindWords(parting: Parting, seeds: Parting): string {
  if (parting.first === null) {
    return (
      `With ${parting.label} the weights never parted in ${parting.pairs.length} runs` +
      `${parting.equalButState === 0 ? '' : `; in ${parting.equalButState} the optimizer came to remember other numbers`}.`
    );
  }
  const ratio = farAsSeed(parting, seeds);
  return (
    `With ${parting.label} ${partingWords(parting)}; ${endWords(parting)}, ${percent(ratio.estimate)} as far as with another ` +
    `seed (${intervalWords(ratio, percent)}).`
  );
}
