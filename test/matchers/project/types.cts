import samebits = require('samebits/matchers');
import vitest = require('vitest');

vitest.expect.extend(samebits.matchers);
vitest.expect(1).toEqualBits(2);
// @ts-expect-error: the number comes first
vitest.expect(1).toBeWithinUlp(new Float32Array(1), 4);
