import samebits = require('samebits');
import kernels = require('samebits/kernels');

const code: samebits.SamebitsErrorCode = 'ERR_SAMEBITS_SHAPE';
const model = samebits.sequential({ layers: [samebits.dense({ units: 1, inputShape: [2] })], seed: 1 });
kernels.sum(new Float32Array([1, 2, 3])).then((total: number) => {
  console.log(JSON.stringify({ total, error: new samebits.SamebitsError(code, 'x').code, model: typeof model.fit }));
});
