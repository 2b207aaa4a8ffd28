import { dense, SamebitsError, type SamebitsErrorCode, sequential } from 'samebits';
import { sum } from 'samebits/kernels';
import { accuracy } from 'samebits/metrics';

const code: SamebitsErrorCode = 'ERR_SAMEBITS_SHAPE';
const model = sequential({ layers: [dense({ units: 1, inputShape: [2] })], seed: 1 });
const share: number = accuracy([0, 1], [0.2, 0.8]);
const total: number = await sum(new Float32Array([1, 2, 2 + share]));
console.log(JSON.stringify({ total, error: new SamebitsError(code, 'x').code, model: typeof model.fit }));
