/** What R says: see test/fixtures/statistics.R. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** A row of numbers of a grid. */
export type Row = readonly number[];

// biome-ignore lint/suspicious/noExplicitAny: read from JSON; a wrong name gives undefined, which no assertion passes.
export const r: Record<string, any> = JSON.parse(
  readFileSync(join(import.meta.dirname, '..', '..', 'fixtures', 'statistics.json'), 'utf8'),
);

/** Expects relative agreement; where R has exactly 0, so must we. */
export function expectNear(received: number | null | undefined, expected: number, tolerance = 1e-9, label = ''): void {
  const difference = Math.abs(Number(received ?? Number.NaN) - expected);
  const near = difference <= tolerance * Math.abs(expected);
  expect(
    near,
    `${label}: received ${received}, expected ${expected}, relative ${difference / Math.abs(expected)}`,
  ).toBe(true);
}

/** As {@link expectNear}, for an interval as [low, high]. */
export function expectInterval(
  received: { readonly low: number; readonly high: number },
  expected: Row,
  tolerance = 1e-9,
): void {
  expectNear(received.low, expected[0], tolerance, 'low');
  expectNear(received.high, expected[1], tolerance, 'high');
}
