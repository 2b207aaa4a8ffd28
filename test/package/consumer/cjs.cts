import samebits = require('samebits');
import kernels = require('samebits/kernels');
import metrics = require('samebits/metrics');

const code: samebits.SamebitsErrorCode = 'ERR_SAMEBITS_SHAPE';
const model = samebits.sequential({ layers: [samebits.dense({ units: 1, inputShape: [2] })], seed: 1 });
const share: number = metrics.accuracy([0, 1], [0.2, 0.8]);
kernels.sum(new Float32Array([1, 2, 2 + share])).then((total: number) => {
  console.log(JSON.stringify({ total, error: new samebits.SamebitsError(code, 'x').code, model: typeof model.fit }));
});
