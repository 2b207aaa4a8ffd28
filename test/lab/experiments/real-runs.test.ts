/** Every built-in experiment, small, through the real engine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from '../../../dist/data/source.js';
import type { LabDocument } from '../../../dist/lab/document.js';
import { EXPERIMENTS, experimentNamed } from '../../../dist/lab/experiments/index.js';
import { Lab, type LabChoice } from '../../../dist/lab/lab.js';
import { ResultStore } from '../../../dist/lab/store/result-store.js';
import { TRAININGS } from './made-up-runs.js';

const REGRESSION: DataSource = {
  kind: 'madeUp',
  problem: 'regression',
  rows: 60,
  testRows: 20,
  columns: 6,
  classes: 1,
  noise: 0.1,
  seed: 3,
};

let folder: string;
let store: ResultStore;
let lab: Lab;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'samebits-experiments-'));
  store = ResultStore.open(join(folder, 'store'));
  lab = new Lab();
});
afterAll(async () => {
  store.close();
  await lab.close();
  rmSync(folder, { recursive: true });
});

async function carryOut(name: string, choice: LabChoice): Promise<LabDocument> {
  const experiment = experimentNamed(name);
  if (experiment === undefined) throw new Error(`no experiment ${name}`);
  const prepared = await lab.prepare(experiment, choice);
  await lab.carryOut(prepared, store);
  return lab.conclude(prepared, [store], `samebits lab run ${name}`);
}

/** What is drawn from with replacement needs rows of the kind that an experiment wants. */
const OTHER_DATA: Readonly<Record<string, DataSource>> = {
  'keras-binary': { ...REGRESSION, problem: 'classes', classes: 2 },
};

describe.each(EXPERIMENTS.map(({ name, base }) => [name, base] as const))('%s', (name, base) => {
  it('concludes from real runs on its own data and on others', async () => {
    const small = { epochs: 2, repeats: 2 };
    const rows = TRAININGS.includes(name) || name === 'keras-binary' ? 100 : 60;
    const own = await carryOut(name, base === null ? { repeats: 2 } : { ...small, rows });
    const others = base === null ? [] : [await carryOut(name, { ...small, source: OTHER_DATA[name] ?? REGRESSION })];
    for (const document of [own, ...others]) {
      expect(document).toMatchObject({ experiment: name, repeats: 2 });
      if (TRAININGS.includes(name)) expect(document.runs.length).toBe(document.tasks);
      expect(['supported', 'not supported', 'cannot tell']).toContain(document.verdict);
      for (const sentence of [document.statement, ...document.findings]) expect(sentence).not.toMatch(/NaN|undefined/);
      expect(() => JSON.parse(JSON.stringify(document))).not.toThrow();
    }
  });
});

it('same-seed and optimizer find equal bits', async () => {
  const seed = await carryOut('same-seed', { rows: 100, epochs: 2, repeats: 2 });
  expect(seed).toMatchObject({ verdict: 'supported', effect: { estimate: 0 }, interval: { level: 1 } });
  expect(seed.findings[1]).toMatch(/^Another seed gave other weights/);
  const adam = await carryOut('optimizer', { rows: 100, epochs: 2, repeats: 2 });
  expect(adam).toMatchObject({ verdict: 'not supported', effect: { estimate: 0 }, interval: { level: 1 } });
});

it('init-seed finds what moves, and a control that stands still', async () => {
  const found = await carryOut('init-seed', { rows: 100, epochs: 2, repeats: 4 });
  expect(found.verdict).toBe('supported');
  expect(found.findings[0]).toMatch(/the control moves by exactly 0/);
});

it('what is promised to be equal is: rounding alone, one input, sums, and all causes held', async () => {
  const small = { rows: 100, epochs: 2, repeats: 2 };
  for (const name of ['threads-and-order', 'instruction-set', 'repeat-forward']) {
    expect(await carryOut(name, small), name).toMatchObject({ verdict: 'not supported', effect: { estimate: 0 } });
  }
  expect(await carryOut('parallel-sum', { repeats: 2 })).toMatchObject({ verdict: 'not supported' });
  const shares = await carryOut('variance-shares', small);
  expect(shares.findings[0]).toContain('gave the same bits: their variance is exactly 0');
  const refit = await carryOut('refit', small);
  expect(refit.statement).toContain("gave the first fit's bits again with every seed");
  expect(refit.findings[4]).toContain('in 2 of 2 seeds');
});
