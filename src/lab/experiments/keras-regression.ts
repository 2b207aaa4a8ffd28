/** The regression of the tutorials: 100 rows of 10 numbers, 10 relu units, one output. */
import { dense } from '../../model/layers.js';
import { madeUpData } from './base-setting.js';
import { toyExperiment } from './toys.js';

export const kerasRegression = toyExperiment({
  name: 'keras-regression',
  question: "Why does the tutorials' regression end with another loss each time?",
  folklore: 'The loss is another each time because the weights start at random; some of it is inherent.',
  summary: '100 rows, 10-10-1: 8 × 8 × 8 seeds, 512 runs',
  data: madeUpData({
    kind: 'madeUp',
    problem: 'regression',
    rows: 100,
    testRows: 100,
    columns: 10,
    classes: 1,
    noise: 1,
    seed: 1,
  }),
  layers: [dense({ units: 10, activation: 'relu' }), dense({ units: 1 })],
  objective: { loss: 'meanSquaredError' },
  classes: 0,
});
