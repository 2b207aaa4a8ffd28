/** The two classes of the tutorials: 1,000 rows of 20 numbers, 128 relu units, one sigmoid. */
import { dense } from '../../model/layers.js';
import { madeUpData } from './base-setting.js';
import { toyExperiment } from './toys.js';

export const kerasBinary = toyExperiment({
  name: 'keras-binary',
  question: "Why does the tutorials' classifier end with another accuracy each time?",
  folklore: 'The accuracy is another each time because the weights start at random; some of it is inherent.',
  summary: '1,000 rows, 128 relu units: 8 × 8 × 8 seeds, 512 runs',
  data: madeUpData({
    kind: 'madeUp',
    problem: 'classes',
    rows: 1000,
    testRows: 1000,
    columns: 20,
    classes: 2,
    noise: 1,
    seed: 1,
  }),
  layers: [dense({ units: 128, activation: 'relu' }), dense({ units: 1, activation: 'sigmoid' })],
  objective: { loss: 'binaryCrossentropy', metrics: ['accuracy'] },
  classes: 2,
});
