/** A small classification problem for tests: three kinds of rows, told apart by which columns are larger. */
import { type CompileOptions, dense, type Sequential, type SequentialOptions, sequential } from 'samebits';

export const ROWS = 150;
export const COLUMNS = 12;
export const CLASSES = 3;

const words = (() => {
  let state = 1;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
})();

/** Labels, 0 to 2. */
export const labels = Uint8Array.from({ length: ROWS }, (_, row) => row % CLASSES);

/** [ROWS, COLUMNS], row-major. */
export const x = Float32Array.from({ length: ROWS * COLUMNS }, (_, i) => {
  const label = labels[Math.floor(i / COLUMNS)];
  return words() + (i % CLASSES === label ? 0.5 : 0);
});

/** The labels as [ROWS, CLASSES] of zeros and ones. */
export const oneHot = {
  data: Float32Array.from({ length: ROWS * CLASSES }, (_, i) =>
    i % CLASSES === labels[Math.floor(i / CLASSES)] ? 1 : 0,
  ),
  rows: ROWS,
  columns: CLASSES,
};

/** A model for the problem, seed 7. */
export function classifier(options: Partial<SequentialOptions> = {}): Sequential {
  return sequential({
    layers: [
      dense({ units: 17, activation: 'tanh', inputShape: [COLUMNS] }),
      dense({ units: CLASSES, activation: 'softmax' }),
    ],
    seed: 7,
    ...options,
  });
}

/** The same, compiled with Adam and accuracy. */
export function compiledClassifier(
  options: Partial<SequentialOptions> = {},
  compile: Partial<CompileOptions> = {},
): Sequential {
  const model = classifier(options);
  model.compile({
    optimizer: 'adam',
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
    ...compile,
  });
  return model;
}

/** The code and message of the error that `action` throws or rejects with. */
export async function failure(action: () => unknown): Promise<{ code: unknown; message: string; error: unknown }> {
  try {
    await action();
  } catch (error) {
    const { code, message } = error as { code?: unknown; message: string };
    return { code, message, error };
  }
  throw new Error('nothing was thrown');
}
