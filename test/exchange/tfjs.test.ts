import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fromTfjs, type Sequential, type TfjsArtifacts } from 'samebits';
import { describe, expect, it } from 'vitest';
import { freshPath } from '../runs/folder.js';
import { failure } from '../train/problem.js';
import { artifactsOf, ROWS, regularizers, rowsOf, tf, tfl, tfModel, tfPredictions, writeModel } from './tfjs-models.js';

const FILE = { code: 'ERR_SAMEBITS_FILE' };
const INPUTS = 5;

function expectNear(model: Sequential, wanted: Float32Array): void {
  const inputs = model.inputs as number;
  const { data } = model.predictSync({ data: rowsOf(inputs), rows: ROWS, columns: inputs });
  expect(data.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i += 1) {
    expect(Math.abs(data[i] - wanted[i])).toBeLessThanOrEqual(1e-5 * Math.max(1, Math.abs(wanted[i])));
  }
}

/** A stack of tfjs predicts the same here, from memory and from files. */
async function expectSame(layers: readonly unknown[], inputs = INPUTS): Promise<Sequential> {
  const model = tfModel(layers);
  const wanted = await tfPredictions(model, inputs);
  const artifacts = await artifactsOf(model);
  const imported = await fromTfjs(artifacts, { seed: 1 });
  expectNear(imported, wanted);
  const path = writeModel(freshPath(), artifacts, { shardBytes: 50 });
  expect((await fromTfjs(path)).fingerprint()).toBe(imported.fingerprint());
  return imported;
}

const first = (options: object = {}) => tfl.dense({ units: 7, inputShape: [INPUTS], ...options } as never);
const last = () => tfl.dense({ units: 3, activation: 'softmax' });

describe('tfjs predicts the same', () => {
  it.each(['linear', 'relu', 'elu', 'selu', 'gelu', 'swish', 'softplus', 'softsign', 'tanh', 'sigmoid', 'softmax'])(
    'with %s, of a dense layer and of its own',
    async (activation) => {
      const named = { activation } as { activation: 'relu' };
      await expectSame([first(named), tfl.dense({ units: 4, ...named })]);
      const folded = await expectSame([first(), tfl.activation(named), last()]);
      expect(folded.layers).toHaveLength(2);
    },
  );

  it('with activations that have parameters', async () => {
    const model = await expectSame([
      first(),
      tfl.reLU(),
      tfl.dense({ units: 6, useBias: false }),
      tfl.leakyReLU({ alpha: 0.1 }),
      tfl.dense({ units: 6 }),
      tfl.leakyReLU(),
      tfl.dense({ units: 6 }),
      tfl.elu(),
      tfl.dense({ units: 6 }),
      tfl.softmax(),
    ]);
    const activations = model.layers.map((layer) => (layer.kind === 'dense' ? layer.activation : null));
    const leaky = (alpha: number) => ({ name: 'leakyRelu', alpha });
    expect(activations).toEqual(['relu', leaky(0.1), leaky(0.3), { name: 'elu', alpha: 1 }, 'softmax']);
  });

  it('with dropout, a regularizer, a name and an input layer', async () => {
    const regularized = first({ kernelRegularizer: regularizers.l2({ l2: 0.03 }), inputShape: undefined });
    const layers = [
      tfl.inputLayer({ inputShape: [INPUTS] }),
      regularized,
      tfl.dropout({ rate: 0.25, seed: 8 }),
      last(),
    ];
    const model = await expectSame(layers);
    expect(model.layers[0]).toMatchObject({ kind: 'dense', kernelRegularizer: { name: 'l2' } });
    expect(model.layers[1]).toMatchObject({ kind: 'dropout', rate: 0.25, seed: 8 });
    model.compile({ optimizer: 'adam', loss: 'sparseCategoricalCrossentropy' });
    const labels = Uint8Array.from({ length: ROWS }, (_, row) => row % 3);
    const { history } = await model.fit({ data: rowsOf(INPUTS), rows: ROWS, columns: INPUTS }, labels, { epochs: 20 });
    expect(history.loss[19]).toBeLessThan(history.loss[0]);
  });

  it('with batch normalization, and activations after it', async () => {
    const layers = [
      first({ useBias: false }),
      tfl.batchNormalization({ epsilon: 0.01, momentum: 0.9 }),
      tfl.leakyReLU({ alpha: 0.2 }),
      tfl.batchNormalization({ center: false, scale: false }),
      tfl.activation({ activation: 'tanh' }),
      last(),
    ];
    const model = await expectSame(layers);
    expect(model.layers[1]).toMatchObject({ kind: 'batchNormalization', epsilon: 0.01, momentum: 0.9 });
    expect(model.layers[2]).toMatchObject({ kind: 'activation', activation: { name: 'leakyRelu', alpha: 0.2 } });
  });

  it('with Gaussian noise', async () => {
    const model = await expectSame([
      tfl.gaussianNoise({ stddev: 0.3, inputShape: [INPUTS] }),
      first({ inputShape: undefined }),
      tfl.gaussianNoise({ stddev: 0.1, name: 'hiss' }),
      last(),
    ]);
    expect(model.layers[0]).toMatchObject({ kind: 'gaussianNoise', stddev: 0.3 });
    expect(model.layers[2]).toMatchObject({ kind: 'gaussianNoise', stddev: 0.1, name: 'hiss' });
  });

  it('with layer normalization', async () => {
    const model = await expectSame([
      first(),
      tfl.layerNormalization({ epsilon: 0.01 }),
      tfl.activation({ activation: 'tanh' }),
      tfl.layerNormalization({ center: false, scale: false }),
      last(),
    ]);
    expect(model.layers[1]).toMatchObject({ kind: 'layerNormalization', epsilon: 0.01, center: true });
    expect(model.layers[3]).toMatchObject({ kind: 'layerNormalization', epsilon: 0.001, scale: false });
  });

  it('with regularizers and constraints', async () => {
    const model = await expectSame([
      first({ kernelRegularizer: 'l1l2', biasRegularizer: regularizers.l1({ l1: 0.5 }), kernelConstraint: 'maxNorm' }),
      tfl.dense({ units: 4, kernelConstraint: 'nonNeg', biasConstraint: 'nonNeg' }),
    ]);
    expect(model.layers[0]).toMatchObject({
      kernelRegularizer: { name: 'l1l2', l1: 0.01, l2: 0.01 },
      biasRegularizer: { name: 'l1', l1: 0.5 },
      kernelConstraint: { name: 'maxNorm', maxValue: 2 },
    });
    const nonNegative = { name: 'nonNegative' };
    expect(model.layers[1]).toMatchObject({ kernelConstraint: nonNegative, biasConstraint: nonNegative });
  });

  it('with images that are made flat, and rescaled', async () => {
    await expectSame([tfl.flatten({ inputShape: [2, 3, 1] }), tfl.dense({ units: 4 })], 6);
    const scaled = [
      tfl.rescaling({ scale: 0.5, offset: -1, inputShape: [2, 3] }),
      tfl.flatten(),
      tfl.dense({ units: 4 }),
    ];
    expect((await expectSame(scaled, 6)).layers[0]).toMatchObject({ kind: 'rescaling', scale: 0.5, offset: -1 });
  });
});

describe('a model of tfjs', () => {
  const source = async (layers: readonly unknown[] = [first(), last()]) => artifactsOf(tfModel(layers));
  const edited = (artifacts: TfjsArtifacts, edit: (topology: never) => void): TfjsArtifacts => {
    const copy = structuredClone(artifacts.modelTopology);
    edit(copy as never);
    return { ...artifacts, modelTopology: copy };
  };

  it('is read from its folder, with weights in a folder of that, and of several buffers', async () => {
    const artifacts = await source();
    const folder = freshPath();
    writeModel(folder, artifacts, { shardFolder: 'weights', shardBytes: 64 });
    const model = await fromTfjs(folder);
    expect((await fromTfjs(artifacts)).fingerprint()).toBe(model.fingerprint());
    const data = artifacts.weightData as ArrayBuffer;
    const parts = { ...artifacts, weightData: [data.slice(0, 10), data.slice(10)] };
    expect((await fromTfjs(parts)).fingerprint()).toBe(model.fingerprint());
    expect((await fromTfjs({ ...artifacts, weightData: new Uint8Array(data) })).fingerprint()).toBe(
      model.fingerprint(),
    );
  });

  it('as converted from Keras has a configuration of its own, and names that begin with the model', async () => {
    const artifacts = await source();
    const { class_name, config } = artifacts.modelTopology as { class_name: string; config: { layers: object[] } };
    const specs = (artifacts.weightSpecs as { name: string }[]).map((spec) => ({ ...spec, name: `net/${spec.name}` }));
    const converted = {
      ...artifacts,
      weightSpecs: specs,
      modelTopology: { keras_version: '2.15.0', backend: 'tensorflow', model_config: { class_name, config } },
    };
    const wanted = (await fromTfjs(artifacts)).fingerprint();
    expect((await fromTfjs(converted)).fingerprint()).toBe(wanted);
    const old = { ...artifacts, modelTopology: { class_name, config: config.layers } };
    expect((await fromTfjs(old)).fingerprint()).toBe(wanted);
  });

  it.each(['uint8', 'uint16', 'float16'] as const)('has weights of %s', async (dtype) => {
    const artifacts = await source();
    const specs = artifacts.weightSpecs as { name: string; shape: number[] }[];
    const floats = new Float32Array(artifacts.weightData as ArrayBuffer);
    const scale = 1 / (dtype === 'uint8' ? 255 : 65_535);
    const whole = [...floats].map((value) => (dtype === 'float16' ? halfOf(value) : Math.round((value + 0.5) / scale)));
    const quantization = dtype === 'float16' ? { dtype } : { dtype, scale, min: -0.5, original_dtype: 'float32' };
    const weightSpecs = specs.map((spec) => ({ ...spec, dtype: 'float32', quantization }));
    const weightData = (dtype === 'uint8' ? Uint8Array.from(whole) : Uint16Array.from(whole)).buffer as ArrayBuffer;
    // tfjs itself says what they stand for.
    const decoded = tf.io.decodeWeights(weightData, weightSpecs as never);
    const model = await fromTfjs({ ...artifacts, weightSpecs, weightData });
    for (const [i, { data }] of model.getWeights().entries()) expect(data).toEqual(await decoded[specs[i].name].data());
  });

  it.each<[string, () => unknown[], RegExp]>([
    [
      'hardSigmoid',
      () => [first({ activation: 'hardSigmoid' })],
      /another slope.*layer "dense_.*activation.*hard_sigmoid/,
    ],
    ['relu6', () => [first({ activation: 'relu6' })], /activation.*"relu6"/],
    ['mish', () => [first(), tfl.activation({ activation: 'mish' })], /layer "activation_.*"mish"/],
    ['a bound', () => [first(), tfl.reLU({ maxValue: 6 })], /layer "re_lu_.*max_value/],
    ['a threshold', () => [first(), tfl.thresholdedReLU()], /layer "thresholded_.*"ThresholdedReLU"/],
    ['prelu', () => [first(), tfl.prelu()], /"PReLU"/],
    ['a constraint', () => [first({ kernelConstraint: 'unitNorm' })], /kernel_constraint/],
    ['a frozen layer', () => [first({ trainable: false })], /trainable/],
    ['an embedding', () => [tfl.embedding({ inputDim: 3, outputDim: 2, inputLength: 4 })], /"Embedding"/],
    ['a convolution', () => [tfl.conv1d({ filters: 2, kernelSize: 2, inputShape: [4, 1] })], /"Conv1D"/],
    ['dense layers on matrices', () => [tfl.dense({ units: 2, inputShape: [2, 3] })], /a Flatten first/],
    ['softmax of another axis', () => [first(), tfl.softmax({ axis: 0 })], /axis/],
  ])('with what is not supported names layer and feature: %s', async (_, layers, message) => {
    const error = await failure(async () => fromTfjs(await artifactsOf(tfModel(layers()))));
    expect(error).toMatchObject(FILE);
    expect(error.message).toMatch(message);
  });

  it.each<
    [string, (topology: { class_name: string; config: { layers: { class_name: string; config: object }[] } }) => void]
  >([
    ['another class', (topology) => Object.assign(topology, { class_name: 'Functional' })],
    ['no layers', ({ config }) => config.layers.splice(0)],
    ['no array', ({ config }) => Object.assign(config, { layers: { length: 3 } })],
    ['too many layers', ({ config: { layers } }) => layers.push(...Array.from({ length: 1000 }, () => layers[1]))],
    ['a name twice', ({ config: { layers } }) => layers.push(layers[1])],
    ['a key that nobody knows', ({ config: { layers } }) => Object.assign(layers[0].config, { use_magic: true })],
    ['other units', ({ config: { layers } }) => Object.assign(layers[0].config, { units: 8 })],
    ['2^31 units', ({ config: { layers } }) => Object.assign(layers[0].config, { units: 2 ** 31 - 1 })],
    [
      '2^60 inputs',
      ({ config: { layers } }) => Object.assign(layers[0].config, { batch_input_shape: [null, 2 ** 60] }),
    ],
    ['a class of the prototype', ({ config: { layers } }) => Object.assign(layers[0], { class_name: 'constructor' })],
    [
      'an activation of the prototype',
      ({ config: { layers } }) => Object.assign(layers[0].config, { activation: 'toString' }),
    ],
    ['a layer too few', ({ config: { layers } }) => layers.pop()],
  ])('is refused with %s', async (_, edit) => {
    const artifacts = edited(await source(), edit as never);
    expect(await failure(() => fromTfjs(artifacts))).toMatchObject(FILE);
  });

  it('is refused with weights that do not fit', async () => {
    const artifacts = await source();
    const specs = artifacts.weightSpecs as { name: string; shape: number[] }[];
    const other = (change: object) => ({ ...artifacts, weightSpecs: [{ ...specs[0], ...change }, ...specs.slice(1)] });
    const cases: unknown[] = [
      { ...artifacts, weightData: (artifacts.weightData as ArrayBuffer).slice(4) },
      other({ shape: [7, 5] }),
      other({ shape: [2 ** 53 - 1, 2 ** 53 - 1, 2 ** 53 - 1] }),
      other({ shape: [-5, -7] }),
      other({ dtype: 'int32' }),
      other({ dtype: 'string' }),
      other({ name: specs[1].name }),
      other({ name: '__proto__' }),
      other({ quantization: { dtype: 'uint8', scale: Number.NaN, min: 0 } }),
      { ...artifacts, weightSpecs: specs.slice(1) },
      { ...artifacts, weightSpecs: null },
      { ...artifacts, modelTopology: null },
      { ...artifacts, modelTopology: 'Sequential' },
      { ...artifacts, weightData: new Float32Array(artifacts.weightData as ArrayBuffer).fill(Number.NaN).buffer },
    ];
    for (const given of cases) expect(await failure(() => fromTfjs(given as TfjsArtifacts))).toMatchObject(FILE);
    const argument = { code: 'ERR_SAMEBITS_ARGUMENT' };
    expect(await failure(() => fromTfjs({ ...artifacts, weightData: 'bytes' } as never))).toMatchObject(argument);
    expect(await failure(() => fromTfjs(3 as never))).toMatchObject(argument);
    expect((await failure(() => fromTfjs(artifacts, { sed: 1 } as never))).message).toContain('did you mean seed?');
  });
});

describe('files of a tfjs model', () => {
  const made = async (edit: (document: { weightsManifest: { paths: string[] }[] }) => void = () => {}) => {
    const folder = join(freshPath(), 'model');
    const path = writeModel(folder, await artifactsOf(tfModel([first(), last()])));
    const document = JSON.parse(readFileSync(path, 'utf8'));
    edit(document);
    writeFileSync(path, JSON.stringify(document));
    return folder;
  };
  const paths = (...names: string[]) =>
    made(({ weightsManifest }) => Object.assign(weightsManifest[0], { paths: names }));

  it('are not read outside of its folder', async () => {
    const shard = 'group1-shard1of1.bin';
    const names = ['../model/', './', '/', '..\\model\\', 'C:', 'a/b/', 'http://example.org/', '', '\0'];
    for (const name of names) {
      const error = await failure(async () => fromTfjs(await paths(`${name}${name === '' ? '' : shard}`)));
      expect(error, name).toMatchObject({ ...FILE, message: expect.stringContaining('files in its folder') });
    }
    const folder = await paths('link');
    symlinkSync(join(folder, shard), join(folder, 'link'));
    expect(await failure(() => fromTfjs(folder))).toMatchObject(FILE);
    const nested = await paths(`link/${shard}`);
    symlinkSync(nested, join(nested, 'link'));
    expect(await failure(() => fromTfjs(nested))).toMatchObject(FILE);
  });

  it('that are missing, cut, long, named twice, or no files are refused', async () => {
    const shard = 'group1-shard1of1.bin';
    expect(await failure(async () => fromTfjs(await paths()))).toMatchObject(FILE);
    expect(await failure(async () => fromTfjs(await paths('missing.bin')))).toMatchObject(FILE);
    expect(await failure(async () => fromTfjs(await paths(shard, shard)))).toMatchObject(FILE);
    for (const length of [0, 100, 2 ** 40]) {
      const folder = await made();
      truncateSync(join(folder, shard), length);
      expect(await failure(() => fromTfjs(folder))).toMatchObject(FILE);
    }
    const folder = await paths('folder');
    mkdirSync(join(folder, 'folder'));
    expect(await failure(() => fromTfjs(folder))).toMatchObject(FILE);
    expect(await failure(() => fromTfjs(freshPath()))).toMatchObject(FILE);
    expect(await failure(() => fromTfjs('/dev/zero'))).toMatchObject(FILE);
  });

  it.each([
    ['no JSON', 'hello'],
    ['a graph model', '{"format":"graph-model","modelTopology":{},"weightsManifest":[]}'],
    ['no manifest', '{"modelTopology":{}}'],
    ['a manifest that is none', '{"modelTopology":{},"weightsManifest":[{"paths":"a"}]}'],
    ['a prototype', '{"__proto__":{"polluted":true},"modelTopology":{},"weightsManifest":[]}'],
    [
      'a hundred thousand levels',
      `{"modelTopology":${'['.repeat(100_000)}${']'.repeat(100_000)},"weightsManifest":[]}`,
    ],
  ])('of %s are refused', async (_, text) => {
    const folder = freshPath();
    mkdirSync(folder);
    writeFileSync(join(folder, 'model.json'), text);
    expect(await failure(() => fromTfjs(folder))).toMatchObject(FILE);
  });
});

/** Nearest of the 16-bit numbers, of a normal one. */
function halfOf(value: number): number {
  const [bits] = new Uint32Array(Float32Array.of(value).buffer);
  const exponent = ((bits >> 23) & 0xff) - 112;
  const sign = (bits >>> 16) & 0x8000;
  if (exponent <= 0) return sign | Math.round(Math.abs(value) * 2 ** 24);
  return sign | (((exponent << 10) | ((bits >> 13) & 0x3ff)) + ((bits >> 12) & 1));
}
