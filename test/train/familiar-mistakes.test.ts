/** What somebody types who knows Keras, tfjs or scikit-learn, and what the error says to them. */
import { adam, cosineDecay, dense, dropout, loadModel, sequential, tableOf } from 'samebits';
import { describe, expect, it } from 'vitest';

const X = [
  [0, 1],
  [1, 0],
  [1, 1],
];
const LABELS = [0, 1, 2];
const ONE_HOT = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
];

function compiled(loss: string, metrics: readonly string[] = []) {
  const model = sequential({ layers: [dense({ units: 3, activation: 'softmax', inputShape: [2] })], seed: 1 });
  model.compile({ optimizer: 'adam', loss: loss as 'meanSquaredError', metrics: metrics as ['accuracy'] });
  return model;
}

describe('words of other libraries', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['a loss in snake case', () => compiled('sparse_categorical_crossentropy'), /did you mean 'sparseCategoricalCross/],
    [
      'a loss in other capitals',
      () => compiled('categoricalCrossEntropy'),
      /did you mean 'categoricalCrossentropy'\?\)/,
    ],
    ['mse', () => compiled('mse'), /\(did you mean 'meanSquaredError'\?\), for compile.loss but received "mse"/],
    ['mae', () => compiled('mae'), /did you mean 'meanAbsoluteError'\?/],
    ['acc', () => compiled('meanSquaredError', ['acc']), /did you mean 'accuracy'\?\), for compile.metrics\[0\]/],
    ['a metric', () => compiled('meanSquaredError', ['auc']), /did you mean 'rocAuc'\?\), for compile.metrics\[0\]/],
    ['swish', () => dense({ units: 1, activation: 'swish' as 'silu' }), /did you mean 'silu'\?/],
    ['lr', () => adam({ lr: 0.1 } as object), /did you mean learningRate\?\) for adam but received "lr"/],
    ['a rate without its name', () => adam(0.1 as never), /an object of options, { learningRate, .*… }, for adam but/],
    ['units without their name', () => dense(8 as never), /an object of options, { units, activation, .* }, for dense/],
    [
      'a share without its name',
      () => dropout(0.5 as never),
      /an object of options, { rate.* }, for dropout but received 0.5/,
    ],
    [
      'nothing',
      () => cosineDecay(undefined as never),
      /{ initialLearningRate, decaySteps, alpha }, for cosineDecay but/,
    ],
    [
      'layers in a list',
      () => sequential([dense({ units: 1 })] as never),
      /{ layers, seed, .* }, for sequential but received \[object\]/,
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(message);
    expect(call).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_ARGUMENT' }));
  });

  it('suggests nothing that is far from what was typed', () => {
    expect(() => compiled('focal')).toThrow(/^(?!.*did you mean)/);
  });
});

describe('targets of another loss', () => {
  it.each<[string, string, unknown, RegExp]>([
    ['one-hot rows', 'sparseCategoricalCrossentropy', ONE_HOT, /loss of one-hot rows is 'categoricalCrossentropy'/],
    [
      'one-hot rows in a matrix',
      'sparseCategoricalCrossentropy',
      { data: new Float32Array(ONE_HOT.flat()), rows: 3, columns: 3 },
      /loss of one-hot rows is 'categoricalCrossentropy'/,
    ],
    ['labels', 'categoricalCrossentropy', LABELS, /loss of labels is 'sparseCategoricalCrossentropy'.* for y/],
    ['labels in a typed array', 'categoricalCrossentropy', Int32Array.from(LABELS), /loss of labels is 'sparse/],
  ])('%s with %s', async (_, loss, y, message) => {
    await expect(compiled(loss).fit(X, y as number[])).rejects.toThrow(message);
  });

  it('takes flat rows of shares as before', async () => {
    await expect(compiled('categoricalCrossentropy').fit(X, new Float32Array(ONE_HOT.flat()))).resolves.toBeDefined();
  });
});

it('lists the columns that there are, where none has a similar name', () => {
  const table = tableOf([{ age: 1, city: 'Oslo' }]);
  expect(() => table.column('income')).toThrow(
    'one of the table\'s 2 columns (age, city) for column but received "income"',
  );
  expect(() => table.column('agee')).toThrow('one of the table\'s 2 columns (did you mean "age"?) for column');
});

it('says that a file is no safetensors file', async () => {
  await expect(loadModel(__filename)).rejects.toThrow(
    /Expected a safetensors file, with a header within its \d+ bytes,/,
  );
});
