// Builds and drops models of 10 MB in a loop that never comes back to the event loop, and prints by how many bytes the
// process has grown since before the first, after each, as JSON.
const { dense, sequential } = require('../../dist/index.js');

const WIDTH = 1600; // 1600 · 1600 weights of 4 bytes: 10 MB
const row = new Float32Array(WIDTH);
const before = process.memoryUsage.rss();
const grown = [];
for (let i = 0; i < Number(process.argv[2]); i += 1) {
  sequential({ layers: [dense({ units: WIDTH, inputShape: [WIDTH] })], seed: i }).predictSync(row);
  grown.push(process.memoryUsage.rss() - before);
}
console.log(JSON.stringify(grown));
