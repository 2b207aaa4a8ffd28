/** Every built-in experiment that only trains, small, through the real engine. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DataSource } from '../../../dist/data/source.js';
import type { LabDocument } from '../../../dist/lab/document.js';
import { experimentNamed } from '../../../dist/lab/experiments/index.js';
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

describe.each(TRAININGS)('%s', (name) => {
  it('concludes from real runs on digits and on a regression', async () => {
    const digits = await carryOut(name, { rows: 100, epochs: 2, repeats: 2 });
    const regression = await carryOut(name, { source: REGRESSION, epochs: 2, repeats: 2 });
    for (const document of [digits, regression]) {
      expect(document).toMatchObject({ experiment: name, repeats: 2 });
      expect(document.runs.length).toBe(document.tasks);
      expect(['supported', 'not supported', 'cannot tell']).toContain(document.verdict);
      expect(document.statement).not.toMatch(/NaN|undefined/);
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
