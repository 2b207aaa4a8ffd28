// Preloaded by tests: the last run of a comparison comes out with other bits, as on a machine that computes wrongly.
const runs = require('../../dist/compare/runs.js');

const { compareRuns } = runs;
runs.compareRuns = async (...args) => {
  const comparison = await compareRuns(...args);
  const last = comparison.runs.at(-1);
  const difference = { step: 3, tensor: 'dense_1/kernel', index: 5, a: 1, b: 2, ulp: 2 ** 23 };
  const firstDifference = { ...difference, aHex: '0x3f800000', bHex: '0x40000000' };
  const wrong = { ...last, identical: false, fingerprint: '0'.repeat(64), firstDifference };
  return { ...comparison, runs: [...comparison.runs.slice(0, -1), wrong] };
};
