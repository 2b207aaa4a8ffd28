/** The examples, as files that Node runs, at reduced size. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

/** What an example prints. */
function printed(name: string, ...options: string[]): string {
  return execFileSync(process.execPath, [join(__dirname, '../../examples', name), ...options], { encoding: 'utf8' });
}

/** The number after a text. */
function numberAfter(text: string, label: string): number {
  const start = text.indexOf(label);
  expect(start, `${label} in ${text}`).not.toBe(-1);
  return Number(/-?[\d.]+/.exec(text.slice(start + label.length))?.[0]);
}

it('iris.mjs tells the species apart, with and without a hidden layer', () => {
  const text = printed('iris.mjs', '--epochs', '60');
  expect(numberAfter(text, 'logistic regression: accuracy')).toBeGreaterThan(0.93);
  expect(numberAfter(text, 'a hidden layer of 16: accuracy')).toBeGreaterThan(0.93);
});

it('cars.mjs: a network beats linear regression, which beats the mean', () => {
  const text = printed('cars.mjs', '--epochs', '80');
  const errors = ['the mean', 'linear regression', 'hidden layers 32, 32'].map((name) =>
    numberAfter(text, `${name.padEnd(22)}RMSE`),
  );
  expect(errors[1]).toBeLessThan(0.5 * errors[0]);
  expect(errors[2]).toBeLessThan(0.95 * errors[1]);
});

it('mnist.mjs learns digits, the same ones everywhere', () => {
  const text = printed('mnist.mjs', '--rows', '4000', '--epochs', '4', '--seeds', '1');
  expect(numberAfter(text, 'accuracy')).toBeGreaterThan(0.88);
  expect(text).toContain('fingerprint 79e7ab8491e2634979e8684a3a1de63f9651258dd4ca958fe71661e56f16276c');
});

it('flights.mjs streams rows through embeddings', () => {
  const text = printed('flights.mjs', '--rows', '60000', '--epochs', '1', '--batch', '128');
  for (const name of ['logistic regression', 'embeddings of 16, hidden layers 128, 64']) {
    expect(numberAfter(text, `${name}: ROC AUC`)).toBeGreaterThan(0.52);
  }
  for (const stage of ['read', 'prepare', 'train', 'wait for rows'])
    expect(text).toMatch(new RegExp(`^ +${stage} `, 'm'));
});
