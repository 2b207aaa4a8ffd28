// Builds and drops models of 10 MB in a loop, and prints the process's resident memory in bytes after each as JSON.
const { dense, sequential } = require('../../dist/index.js');

const WIDTH = 1600; // 1600 · 1600 weights of 4 bytes: 10 MB
const row = new Float32Array(WIDTH);
const resident = [];
for (let i = 0; i < Number(process.argv[2]); i += 1) {
  const layers = [dense({ units: WIDTH, kernelInitializer: 'zeros', inputShape: [WIDTH] })];
  sequential({ layers, seed: 1 }).predictSync(row);
  resident.push(process.memoryUsage.rss());
}
console.log(JSON.stringify(resident));
