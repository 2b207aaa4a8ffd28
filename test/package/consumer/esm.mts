import { dense, SamebitsError, type SamebitsErrorCode, sequential } from 'samebits';
import { sum } from 'samebits/kernels';

const code: SamebitsErrorCode = 'ERR_SAMEBITS_SHAPE';
const model = sequential({ layers: [dense({ units: 1, inputShape: [2] })], seed: 1 });
const total: number = await sum(new Float32Array([1, 2, 3]));
console.log(JSON.stringify({ total, error: new SamebitsError(code, 'x').code, model: typeof model.fit }));
