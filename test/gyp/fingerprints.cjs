// Prints, as JSON, which .node file this process loaded and hashes of what it computes: the public products on each
// instruction set, and a small training. Run with SAMEBITS_BINARY.
'use strict';
const { createHash } = require('node:crypto');
const { adam, dense, sequential } = require('../../dist/index.js');
const { denseForward } = require('../../dist/kernels.js');
const { addon } = require('../../dist/native/addon.js');
const { addonPath } = require('../../dist/native/load.js');

/** Numbers in [-1, 1) from a linear congruential generator (Numerical Recipes): the same everywhere. */
function numbers(length, seed) {
  let state = seed >>> 0;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2147483648 - 1;
  });
}

function hash(values) {
  return createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');
}

async function main() {
  const fingerprints = {};
  const [rows, inputs, units] = [37, 301, 53];
  for (const isa of addon().instructionSets().available) {
    for (const activation of ['relu', 'tanh', 'sigmoid', 'softmax']) {
      const x = numbers(rows * inputs, 1);
      const weights = numbers(inputs * units, 2);
      const bias = numbers(units, 3);
      fingerprints[`${activation} on ${isa}`] = hash(
        await denseForward({ x, weights, bias, rows, inputs, units, activation, threads: 2, isa }),
      );
    }
  }
  const model = sequential({
    layers: [dense({ units: 17, activation: 'tanh', inputShape: [9] }), dense({ units: 3, activation: 'softmax' })],
    seed: 42,
  });
  model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: 'sparseCategoricalCrossentropy' });
  const x = { data: numbers(200 * 9, 4), rows: 200, columns: 9 };
  const y = Uint32Array.from({ length: 200 }, (_, i) => i % 3);
  fingerprints.training = (await model.fit(x, y, { epochs: 3, batchSize: 32, threads: 2 })).fingerprint;
  console.log(JSON.stringify({ path: addonPath(), fingerprints }));
}

main();
