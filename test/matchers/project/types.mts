import { type MatcherResult, matchers, type ReportWithBand, toEqualBits } from 'samebits/matchers';
import { expect } from 'vitest';

expect.extend(matchers);
expect.extend({ toEqualBits });
expect(1).toEqualBits(2);
expect([1]).not.toBeWithinUlp(4, new Float32Array(1));
// @ts-expect-error: the number comes first
expect(1).toBeWithinUlp(new Float32Array(1), 4);
// @ts-expect-error: a text has no bits
expect(1).toEqualBits('text');
declare const report: ReportWithBand;
expect(1).toBeWithinNoiseOf(report);
const document = { command: 'lab noise', report };
expect(1).toBeWithinNoiseOf(document);
// @ts-expect-error: not a report
expect(1).toBeWithinNoiseOf({ mean: 1 });
export const result: MatcherResult = toEqualBits(1, 1);
