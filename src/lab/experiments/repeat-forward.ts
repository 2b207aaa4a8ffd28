/** One input through one model, many times. */
import type { Setting } from '../../causes/cause.js';
import { formatCount, formatList } from '../../format.js';
import type { Conclusion, Experiment, Ground, Results } from '../experiment/experiment.js';
import type { ForwardResult, ForwardTask } from '../experiment/task.js';
import { verdict } from '../verdict.js';
import { baseSetting, madeUpData } from './base-setting.js';
import { counted, exactly } from './wording.js';

const THREADS = [1, 2, 4, 8];
const BATCHES = [1, 2, 7, 64];

export const repeatForward: Experiment = {
  name: 'repeat-forward',
  question: 'Does one model give one input the same output each time?',
  folklore: 'Predictions differ slightly from call to call, with the size of the batch or the number of threads.',
  summary: 'one input of 2 models, 100 times in each of many ways',
  repeats: 100,
  base: (choice) => baseSetting(choice),
  *plan(ground) {
    yield task(ground, tiny());
    yield task(ground, ground.base);
  },
  conclude,
};

/** 3 inputs, 2 units. */
function tiny(): Setting {
  const data = madeUpData({
    kind: 'madeUp',
    problem: 'classes',
    rows: 100,
    testRows: 100,
    columns: 3,
    classes: 2,
    noise: 1,
    seed: 1,
  });
  return baseSetting({ data }, { hidden: [], epochs: 5 });
}

function task({ repeats, isas }: Ground, setting: Setting): ForwardTask {
  // Other hardware is emulated by scalar code alone.
  const able = setting.recipe.emulate.length > 0 ? isas.filter((isa) => isa === 'scalar') : isas;
  return { kind: 'forward', setting, calls: repeats, threads: THREADS, batches: BATCHES, isas: able };
}

function conclude(ground: Ground, results: Results): Conclusion {
  const models = [
    { name: '3 inputs, 2 units', found: results.get(task(ground, tiny())) },
    { name: 'the trained model', found: results.get(task(ground, ground.base)) },
  ];
  const extra = models.reduce((sum, { found }) => sum + found.distinct - 1, 0);
  const calls = models.reduce((sum, { found }) => sum + found.calls, 0);
  const interval = exactly(extra);
  const [small, real] = models.map(({ found }) => found.distinct);
  const isas = [...new Set(models.flatMap(({ found }) => found.ways.map(({ isa }) => isa)))];
  return {
    verdict: verdict(interval, { effect: 'above', threshold: 0 }),
    claim: 'One model gives one input different outputs.',
    statement:
      `In ${formatCount(calls)} calls at ${formatList(THREADS)} threads, alone and in batches of up to ` +
      `${Math.max(...BATCHES)} rows, on ${formatList(isas)}, one input had ${counted(small, 'output')} from a model of 3 inputs ` +
      `and 2 units, and ${counted(real, 'output')} from the trained model.`,
    effect: { name: 'outputs beyond the first, of one input', unit: '', estimate: extra },
    interval,
    findings: [
      extra === 0
        ? 'A row is computed by itself: neither the rows around it nor the threads reach its sums.'
        : 'Outputs differed between calls: run `samebits doctor`, it says which operation is at fault.',
    ],
    tables: models.map(({ name, found }) => ({
      title: `Different outputs: ${name}`,
      caption: `Of ${formatCount(found.calls / found.ways.length)} calls each.`,
      columns: [
        { name: 'instruction set' },
        { name: 'threads', format: 'count' as const },
        ...BATCHES.map((batch) => ({ name: `batch ${batch}`, format: 'count' as const })),
      ],
      rows: isas.flatMap((isa) =>
        THREADS.map((threads) => [isa, threads, ...BATCHES.map((batch) => distinctIn(found, isa, threads, batch))]),
      ),
    })),
    pictures: models.map(({ name, found }, i) => ({
      kind: 'heatmap' as const,
      id: `repeat-forward-${i === 0 ? 'small' : 'trained'}`,
      title: `Outputs beyond the first: ${name}`,
      caption: 'Each field is one way to call the model; 0 is one output only.',
      xLabel: 'rows in the batch',
      yLabel: 'instruction set, threads',
      columns: BATCHES.map(String),
      rows: isas.flatMap((isa) => THREADS.map((threads) => `${isa}, ${threads}`)),
      values: isas.flatMap((isa) =>
        THREADS.map((threads) =>
          BATCHES.map((batch) => {
            const distinct = distinctIn(found, isa, threads, batch);
            return distinct === null ? null : distinct - 1;
          }),
        ),
      ),
      value: { label: 'outputs beyond the first', format: 'count' as const },
    })),
  };
}

/** Outputs seen in one way; null where it was not tried. */
function distinctIn({ ways }: ForwardResult, isa: string, threads: number, batch: number): number | null {
  return ways.find((way) => way.isa === isa && way.threads === threads && way.batch === batch)?.distinct ?? null;
}
