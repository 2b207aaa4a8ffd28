import { execFile, execFileSync } from 'node:child_process';
import { closeSync, ftruncateSync, openSync, writeFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { dense, oneCycle, parseRecipe, SamebitsError, sequential, sgd } from 'samebits';
import { describe, expect, it } from 'vitest';
import { readJson } from '../../dist/cli/recipe-options.js';
import { freshPath } from '../runs/folder.js';

const GOOD = {
  model: { layers: [{ kind: 'dense', units: 3, activation: 'softmax', inputShape: [2] }] },
  seed: 1,
  optimizer: 'sgd',
  loss: 'sparseCategoricalCrossentropy',
};
const MOST = Number.MAX_SAFE_INTEGER;

function codeOf(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    expect(error).toBeInstanceOf(SamebitsError);
    return (error as SamebitsError).code;
  }
  return 'none';
}

const layer = (changes: object) => ({ model: { layers: [{ ...GOOD.model.layers[0], ...changes }] } });

describe('a recipe', () => {
  it.each<[string, object]>([
    ['units beyond any machine', layer({ units: MOST })],
    ['inputs beyond any machine', layer({ inputShape: [MOST] })],
    [
      'categories beyond any machine',
      { model: { layers: [{ kind: 'embedding', categories: MOST, units: 2, inputShape: [1] }, GOOD.model.layers[0]] } },
    ],
    ['epochs beyond a count', { fit: { epochs: MOST } }],
    ['rows of a step beyond a count', { fit: { batchSize: MOST } }],
    ['a buffer beyond any machine', { fit: { shuffleBuffer: MOST } }],
    ['a prototype', JSON.parse('{"__proto__":{"epochs":1}}')],
    ['a prototype in a layer', JSON.parse('{"model":{"layers":[{"kind":"dense","units":3,"__proto__":{"units":4}}]}}')],
    ['a name of the prototype', { loss: 'toString' }],
    ['another one', { optimizer: '__proto__' }],
    ['a layer of the prototype', layer({ kind: 'constructor' })],
  ])('with %s is refused', (_, changes) => {
    expect(codeOf(() => parseRecipe({ ...GOOD, ...changes }))).toBe('ERR_SAMEBITS_ARGUMENT');
  });

  it.each([
    ['units', [dense({ units: 0x7fff_ffff, inputShape: [1] })]],
    ['weights', Array.from({ length: 3 }, () => dense({ units: 1 << 24, inputShape: [1] }))],
    ['layers', Array.from({ length: 5000 }, () => dense({ units: 1 }))],
  ])('of more %s than an engine can have is a typed error where it would be made', (_, layers) => {
    const built = sequential({
      layers: layers.map((one, i) =>
        i === 0 ? { ...one, inputShape: [1] } : { ...one, inputShape: undefined },
      ) as never,
      seed: 1,
    });
    built.compile({ optimizer: 'adam', loss: 'meanSquaredError' });
    expect(codeOf(() => built.predictSync([[1]]))).toMatch(/^ERR_SAMEBITS_(ARGUMENT|RESOURCES)$/);
  });

  it('of 2^32 − 1 epochs takes no memory for them, and ends where it is told to', async () => {
    const built = sequential({ layers: [dense({ units: 1, inputShape: [1] })], seed: 1 });
    const learningRate = oneCycle({ maxLearningRate: 0.1, totalSteps: MOST });
    built.compile({ optimizer: sgd({ learningRate }), loss: 'meanSquaredError' });
    const controller = new AbortController();
    let epochs = 0;
    const onEpochEnd = (): void => {
      epochs += 1;
      if (epochs === 3) controller.abort();
    };
    const options = { epochs: 0xffff_ffff, signal: controller.signal, callbacks: { onEpochEnd } };
    await expect(built.fit([[1], [2]], [[1], [2]], options)).rejects.toMatchObject({ name: 'AbortError' });
    expect(epochs).toBe(3);
  });
});

describe('a file of a recipe', () => {
  const read = (path: string) => () => readJson(path, 'a recipe', '--recipe');

  it.each([
    ['a key that comes twice', '{"seed":1,"seed":2}'],
    ['a prototype', '{"seed":1,"__proto__":{}}'],
    ['a thousand levels', `${'['.repeat(1000)}${']'.repeat(1000)}`],
    ['a million levels', '['.repeat(1_000_000)],
    ['no end', '{"seed":"'],
    ['nothing', ''],
  ])('with %s is refused', (_, text) => {
    const path = freshPath();
    writeFileSync(path, text);
    expect(codeOf(read(path))).toBe('ERR_SAMEBITS_FILE');
  });

  it('with a terabyte of nothing is refused, and so is a device without an end', () => {
    const path = freshPath();
    const file = openSync(path, 'w');
    ftruncateSync(file, 1e12);
    closeSync(file);
    expect(codeOf(read(path))).toBe('ERR_SAMEBITS_FILE');
    if (process.platform !== 'win32') expect(codeOf(read('/dev/zero'))).toBe('ERR_SAMEBITS_FILE');
  });

  it.skipIf(process.platform === 'win32')('may come from a pipe', async () => {
    const path = freshPath();
    execFileSync('mkfifo', [path]);
    const writing = promisify(execFile)('sh', ['-c', 'printf %s "$1" > "$0"', path, JSON.stringify(GOOD)]);
    expect(read(path)()).toEqual(GOOD);
    await writing;
  });
});
