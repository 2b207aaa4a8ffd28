/** What holds for every built-in experiment. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { CAUSES } from '../../../dist/causes/causes.js';
import type { BaseChoice, Conclusion } from '../../../dist/lab/experiment/experiment.js';
import type { TrainTask } from '../../../dist/lab/experiment/task.js';
import { madeUpData } from '../../../dist/lab/experiments/base-setting.js';
import { EXPERIMENTS, experimentNamed } from '../../../dist/lab/experiments/index.js';
import { conclusionSchema } from '../../../dist/report/lab-schemas.js';
import { nonFiniteAsText } from '../../../dist/report/numbers.js';
import { plausibleAnswers } from './answers.js';
import { fakeGround, fakeResults } from './fake-results.js';
import { type MadeUpRun, OUTPUTS, ROWS, TRAININGS } from './made-up-runs.js';

const all = EXPERIMENTS.map((experiment) => [experiment.name, experiment] as const);

const classes = madeUpData({
  kind: 'madeUp',
  problem: 'classes',
  rows: 300,
  testRows: 60,
  columns: 8,
  classes: OUTPUTS,
  noise: 0.5,
  seed: 1,
});
const regression = madeUpData({
  kind: 'madeUp',
  problem: 'regression',
  rows: 300,
  testRows: 60,
  columns: 8,
  classes: 1,
  noise: 0.5,
  seed: 1,
});

/** Experiments that refuse other data. */
const REFUSED: readonly (readonly [name: string, data: BaseChoice['data']])[] = [
  ['keras-regression', classes],
  ['keras-binary', classes],
  ['keras-binary', regression],
];

/** Everything that there is moves these runs. */
function truth({ setting }: TrainTask): MadeUpRun {
  const key = JSON.stringify([setting.recipe.model, setting.recipe.fit, CAUSES.initialWeights.read(setting)]);
  return { predictions: [[key, 0.1]], metric: [[key, 0.01]] };
}

/** With few repeats where a plan has a power of them. */
function concludeOn(
  name: string,
  data: BaseChoice['data'],
  repeats = TRAININGS.includes(name) ? undefined : 4,
): Conclusion {
  const experiment = experimentNamed(name) as NonNullable<ReturnType<typeof experimentNamed>>;
  const ground = fakeGround(experiment, {
    choice: data && { data },
    repeats,
    data: {
      rows: 300,
      classes: data?.classes ?? OUTPUTS,
      ...(data === regression ? { targets: new Float32Array(ROWS * OUTPUTS) } : {}),
    },
  });
  return experiment.conclude(ground, fakeResults(experiment, ground, plausibleAnswers(truth)));
}

describe.each(all)('%s', (name, experiment) => {
  it('has a question and says what it takes', () => {
    expect(experiment.question).toMatch(/\?$/);
    expect(experiment.folklore).toMatch(/\.$/);
    // The list gives it one line.
    expect(experiment.summary).toMatch(/^.{10,64}$/);
    expect(experiment.repeats).toBeGreaterThan(1);
  });

  it('plans the same tasks in the same order each time, each once, and survives JSON', () => {
    const plan = () => [...experiment.plan(fakeGround(experiment, { data: { rows: 1437 } }))];
    const tasks = plan().map((task) => JSON.stringify(task));
    expect(tasks.length).toBeGreaterThan(TRAININGS.includes(name) ? 10 : 0);
    expect(new Set(tasks).size).toBe(tasks.length);
    expect(plan().map((task) => JSON.stringify(task))).toEqual(tasks);
    expect(plan()).toEqual(tasks.map((text) => JSON.parse(text)));
  });

  it.each([
    ['its own data', undefined],
    ['classes', classes],
    ['a regression', regression],
  ])('concludes in one sentence with its figures, on %s', (_, data) => {
    if (REFUSED.some(([refusing, refused]) => refusing === name && refused === data)) {
      expect(() => concludeOn(name, data)).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_DATA' }));
      return;
    }
    if (experiment.base === null && data !== undefined) {
      expect(() => concludeOn(name, data)).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT' }));
      return;
    }
    const found = concludeOn(name, data);
    v.parse(conclusionSchema, JSON.parse(JSON.stringify(found, nonFiniteAsText)));
    expect(found.statement).toMatch(/^[A-Z0-9].*\.$/);
    expect(found.claim).toMatch(/^[A-Z].*\.$/);
    expect(found.effect.estimate).not.toBeNaN();
    for (const sentence of [found.statement, found.claim, ...found.findings]) {
      expect(sentence).not.toMatch(/NaN|undefined|null|\[object|[ (]-\d/);
    }
    if (data === regression) expect(found.statement + found.claim).not.toMatch(/accurac/);
    expect(found.tables.length).toBeGreaterThan(0);
    for (const { columns, rows } of found.tables) {
      for (const row of rows) expect(row).toHaveLength(columns.length);
    }
    const ids = found.pictures.map(({ id }) => id);
    expect(ids.length).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(new RegExp(`^${name}-[a-z-]+$`));
    expect(JSON.parse(JSON.stringify(found))).toEqual(found);
  });

  it('concludes from two repeats, and the same bytes from the same runs', () => {
    expect(JSON.stringify(concludeOn(name, undefined, 2))).toBe(JSON.stringify(concludeOn(name, undefined, 2)));
  });
});

it('are in the order in which they are listed, each under its name', () => {
  const listed = EXPERIMENTS.map(({ name }) => name);
  expect(new Set(listed).size).toBe(listed.length);
  expect(listed.filter((name) => TRAININGS.includes(name))).toEqual(TRAININGS);
  expect(experimentNamed('no-such')).toBeUndefined();
});
