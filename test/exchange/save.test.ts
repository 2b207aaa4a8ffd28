import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  activation,
  adam,
  batchNormalization,
  dense,
  dropout,
  loadModel,
  modelFromSafetensors,
  rescaling,
  type Sequential,
  type SequentialOptions,
  sequential,
  tableInput,
  tableOf,
} from 'samebits';
import { describe, expect, it } from 'vitest';
import { SafetensorsBytes } from '../../dist/runs/safetensors-bytes.js';
import { reseal } from '../fuzz/mutations.js';
import { onDyingDisk } from '../runs/dying-disk.js';
import { freshPath } from '../runs/folder.js';
import { labels, model, OPTIMIZERS, x } from '../runs/problem.js';
import { COLUMNS, failure, ROWS } from '../train/problem.js';

const FIT = { batchSize: 40, batchLeaf: 16 } as const;
const rows = { data: x, rows: ROWS, columns: COLUMNS };
const FILE = { code: 'ERR_SAMEBITS_FILE' };
const AT_SEAL = 8 + '{"__metadata__":{"sha256":"'.length;

function stateOf(trained: Sequential): string {
  return trained.fingerprint('state');
}

/** A file with other metadata, sealed again. */
function edited(bytes: Uint8Array, edit: (facts: Record<string, unknown>) => void): Buffer {
  const length = Number(Buffer.from(bytes).readBigUInt64LE());
  const header = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString());
  const facts = JSON.parse(header.__metadata__.samebits);
  edit(facts);
  header.__metadata__.samebits = JSON.stringify(facts);
  const text = Buffer.from(JSON.stringify(header));
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(text.length));
  return reseal(Buffer.concat([head, text, bytes.subarray(8 + length)]), AT_SEAL);
}

describe('a saved model', () => {
  it.each(Object.entries(OPTIMIZERS))(
    'trains on to the bits of the uninterrupted training: %s',
    async (_, optimizer) => {
      const whole = model(optimizer);
      await whole.fit(x, labels, { ...FIT, epochs: 3 });
      const begun = model(optimizer);
      await begun.fit(x, labels, { ...FIT, epochs: 2 });
      const path = freshPath();
      await begun.save(path);
      expect(Buffer.from(begun.toSafetensors()).equals(readFileSync(path))).toBe(true);
      for (const loaded of [await loadModel(path), modelFromSafetensors(begun.toSafetensors())]) {
        expect(stateOf(loaded)).toBe(stateOf(begun));
        const run = await loaded.fit(x, labels, FIT);
        expect(stateOf(loaded)).toBe(stateOf(whole));
        expect(run.fingerprint).toBe(whole.fingerprint());
        loaded.dispose();
      }
    },
  );

  it('goes on after steps on single batches, and after an epoch that was stopped', async () => {
    const stepped = model();
    await stepped.trainOnBatch(x.subarray(0, 40 * COLUMNS), labels.subarray(0, 40));
    const controller = new AbortController();
    const callbacks = { onBatchEnd: () => controller.abort() };
    await failure(() => stepped.fit(x, labels, { ...FIT, callbacks, signal: controller.signal }));
    const loaded = modelFromSafetensors(stepped.toSafetensors());
    expect(stateOf(loaded)).toBe(stateOf(stepped));
    await loaded.fit(x, labels, FIT);
    await stepped.fit(x, labels, FIT);
    expect(stateOf(loaded)).toBe(stateOf(stepped));
  });

  const kinds: Record<string, Partial<SequentialOptions>> = {
    'without inputShape': { layers: [dense({ units: 5, name: 'ü "first"' }), dense({ units: 3, useBias: false })] },
    'with rescaling and dropout': {
      layers: [
        rescaling({ scale: 1 / 3, offset: 0.1, inputShape: [COLUMNS] }),
        dense({ units: 4, activation: { name: 'elu', alpha: 0.3 }, kernelRegularizer: 'l2' }),
        dropout({ rate: 0.5, seed: 'own' }),
        dense({ units: 3, activation: 'softmax', kernelInitializer: { name: 'randomNormal', stddev: 0.2 } }),
      ],
    },
    'with seeds': { seed: 'a', seeds: { weights: 1, order: 'o' }, generator: 'arc4', name: 'named' },
    'with a flipped bit': { flippedBit: { tensor: 'dense_1/kernel', index: 3, bit: 2 } },
  };

  it.each(Object.entries(kinds))('is what it was: %s', async (_, options) => {
    const layers = [dense({ units: 4 }), dense({ units: 3, activation: 'softmax' })];
    const untrained = sequential({ layers, seed: 3, ...options });
    untrained.predictSync(rows);
    const path = freshPath();
    await untrained.save(path);
    const loaded = await loadModel(path);
    const { name, layers: described, inputs, compiled, seed, seeds, generator } = loaded;
    expect({ name, described, inputs, compiled, seed, seeds, generator }).toEqual({
      name: untrained.name,
      described: untrained.layers,
      inputs: COLUMNS,
      compiled: null,
      seed: untrained.seed,
      seeds: untrained.seeds,
      generator: untrained.generator,
    });
    expect(loaded.fingerprint()).toBe(untrained.fingerprint());
    expect(loaded.predictSync(rows).data).toEqual(untrained.predictSync(rows).data);
    loaded.reset();
    loaded.predictSync(rows);
    expect(loaded.fingerprint()).toBe(untrained.fingerprint());
  });

  it('has the preparation of its tables, and takes raw rows', async () => {
    const columns = {
      size: [1, 2.5, null, 4, 0.1, 7, 3, 3],
      city: ['Oslo', 'Rome', null, 'Rome', 'Oslo', 'Bern', 'Bern', 'Rome'],
      late: ['yes', 'no', 'no', 'yes', 'no', 'no', 'yes', 'yes'],
    };
    const make = () => {
      const made = sequential({ layers: [dense({ units: 1, activation: 'sigmoid' })], seed: 5 });
      made.compile({ optimizer: 'adam', loss: 'binaryCrossentropy' });
      return made;
    };
    const table = tableOf(columns);
    const options = { target: 'late', batchSize: 4 };
    const whole = make();
    await whole.fit(table, { ...options, epochs: 3 });
    const begun = make();
    await begun.fit(table, { ...options, epochs: 2 });
    const path = freshPath();
    await begun.save(path);
    const loaded = await loadModel(path);
    expect(loaded.preparation?.toJSON()).toEqual(begun.preparation?.toJSON());
    await loaded.fit(table, options);
    expect(stateOf(loaded)).toBe(stateOf(whole));
    const rows = [{ size: 2, city: 'Paris' }];
    expect(await loaded.predict(rows)).toEqual(await whole.predict(rows));
    const bytes = loaded.toSafetensors();
    const shorter = edited(bytes, ({ preparation }) => (preparation as { columns: unknown[] }).columns.pop());
    expect(() => modelFromSafetensors(shorter)).toThrow(expect.objectContaining({ ...FILE }));
    const wrong = edited(bytes, (facts) => Object.assign(facts, { preparation: { format: 'mine' } }));
    expect(() => modelFromSafetensors(wrong)).toThrow(expect.objectContaining({ ...FILE }));
    const older = edited(bytes, (facts) => delete facts.preparation);
    expect(modelFromSafetensors(older).preparation).toBeNull();
  });

  it.each(['adam', 'sgd', 'nadam'] as const)('has tables of embeddings, and trains on: %s', async (optimizer) => {
    const columns = [{ name: 'a', categories: 12, units: 4 }, { name: 'x' }, { name: 'b/c', categories: 3, units: 2 }];
    const data = Float32Array.from({ length: 90 }, (_, i) =>
      i % 3 === 1 ? Math.sin(i) : (i * 7) % (i % 3 === 0 ? 12 : 3),
    );
    const matrix = { data, rows: 30, columns: 3 };
    const make = () => {
      const made = sequential({
        layers: [tableInput({ columns }), dense({ units: 3, activation: 'softmax' })],
        seed: 5,
      });
      made.compile({ optimizer, loss: 'sparseCategoricalCrossentropy' });
      return made;
    };
    const whole = make();
    await whole.fit(matrix, labels.subarray(0, 30), { epochs: 3, batchSize: 7 });
    const begun = make();
    await begun.fit(matrix, labels.subarray(0, 30), { epochs: 2, batchSize: 7 });
    const loaded = modelFromSafetensors(begun.toSafetensors());
    await loaded.fit(matrix, labels.subarray(0, 30), { batchSize: 7 });
    expect(stateOf(loaded)).toBe(stateOf(whole));
  });

  it('has moving statistics, and trains on', async () => {
    const layers = [
      dense({ units: 6, inputShape: [COLUMNS] as const, useBias: false }),
      batchNormalization({ momentum: 0.9 }),
      activation({ activation: 'relu' }),
      dense({ units: 3, activation: 'softmax' }),
    ];
    const make = () => model(adam({ amsgrad: true }), { layers });
    const whole = make();
    await whole.fit(x, labels, { ...FIT, epochs: 3 });
    const begun = make();
    await begun.fit(x, labels, { ...FIT, epochs: 2 });
    const loaded = modelFromSafetensors(begun.toSafetensors());
    expect(loaded.predictSync(rows).data).toEqual(begun.predictSync(rows).data);
    await loaded.fit(x, labels, FIT);
    expect(stateOf(loaded)).toBe(stateOf(whole));
  });

  it('with a drawn seed is repeatable, as the file says it', async () => {
    const drawn = sequential({ layers: [dense({ units: 3, activation: 'softmax', inputShape: [COLUMNS] })] });
    drawn.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
    const loaded = modelFromSafetensors(drawn.toSafetensors());
    const run = await loaded.fit(x, labels, { ...FIT, deterministic: true });
    expect(run.recipe.seed).toBe(drawn.seed);
  });

  it('without the optimizer is smaller, and starts with a new one', async () => {
    const trained = model();
    await trained.fit(x, labels, FIT);
    const path = freshPath();
    await trained.save(path, { optimizer: false });
    expect(readFileSync(path).length).toBeLessThan(trained.toSafetensors().length);
    const loaded = await loadModel(path);
    expect(loaded.fingerprint()).toBe(trained.fingerprint());
    trained.compile(trained.compiled as NonNullable<typeof trained.compiled>);
    expect(stateOf(loaded)).toBe(stateOf(trained));
  });

  it('has the names and the layout of a state dict', () => {
    const untrained = model();
    const file = new SafetensorsBytes(untrained.toSafetensors(), 'bytes');
    const names = file.header.tensors.map(({ name, shape }) => `${name} ${shape}`);
    const slots = (name: string) => [name, `optimizer.${name}.m`, `optimizer.${name}.v`];
    const all = ['dense_1.weight', 'dense_1.bias', 'dense_2.weight', 'dense_2.bias'].flatMap(slots);
    expect(names.map((text) => text.split(' ')[0])).toEqual(all);
    expect(names[0]).toBe(`dense_1.weight 9,${COLUMNS}`);
    const [{ data }] = untrained.getWeights();
    const transposed = file.read('dense_1.weight', 'F32');
    for (let i = 0; i < COLUMNS; i += 1) {
      for (let j = 0; j < 9; j += 1) expect(transposed[j * COLUMNS + i]).toBe(data[i * 9 + j]);
    }
  });

  it('can be saved while it trains, and training waits for it', async () => {
    const path = freshPath();
    const saves: Promise<void>[] = [];
    const saved: string[] = [];
    const trained = model();
    const onBatchEnd = () => {
      saves.push(trained.save(path));
      saved.push(stateOf(trained));
    };
    const other = model();
    await trained.fit(x, labels, { ...FIT, callbacks: { onBatchEnd } });
    await Promise.all(saves);
    await other.fit(x, labels, FIT);
    expect(stateOf(trained)).toBe(stateOf(other));
    expect(stateOf(await loadModel(path))).toBe(saved[saved.length - 1]);
  });

  it('can be saved twice at once to one place', async () => {
    const path = freshPath();
    const trained = model();
    await Promise.all(Array.from({ length: 8 }, () => trained.save(path)));
    expect((await loadModel(path)).fingerprint()).toBe(trained.fingerprint());
  });
});

describe('saving', () => {
  it.each(['nothing', 'unsynced', 'zeros'] as const)('on a disk that dies and loses %s harms no file', async (loss) => {
    const first = model();
    const second = model(adam(), { seed: 12 });
    for (let after = 0; ; after += 1) {
      const folder = freshPath();
      mkdirSync(folder);
      const path = join(folder, 'model.safetensors');
      await first.save(path);
      let died = false;
      await onDyingDisk(after, loss, () =>
        second.save(path).catch(() => {
          died = true;
        }),
      );
      const fingerprint = (await loadModel(path)).fingerprint();
      if (!died) {
        expect(fingerprint).toBe(second.fingerprint());
        expect(after).toBeGreaterThan(10);
        break;
      }
      expect([first.fingerprint(), second.fingerprint()]).toContain(fingerprint);
    }
  });

  it('in a process that is killed leaves a whole file', async () => {
    const path = freshPath();
    const program = join(import.meta.dirname, 'save-forever.cjs');
    for (let times = 0; times < 3; times += 1) {
      const child = spawn(process.execPath, [program, path]);
      await once(child.stdout, 'data');
      await sleep(20 + 30 * times);
      child.kill('SIGKILL');
      await once(child, 'close');
      expect(child.signalCode).toBe('SIGKILL');
      (await loadModel(path)).dispose();
    }
  });

  it.skipIf(process.platform === 'win32')('on a full disk is a typed error and leaves the old file', async () => {
    const folder = freshPath();
    mkdirSync(folder);
    const path = join(folder, 'model.safetensors');
    const small = model();
    await small.save(path);
    const program = join(import.meta.dirname, 'save-forever.cjs');
    const command = `ulimit -f 40; exec "$0" "$1" "$2"`;
    const output = execFileSync('sh', ['-c', command, process.execPath, program, path], { encoding: 'utf8' });
    expect(output).toBe('ERR_SAMEBITS_FILE EFBIG\n');
    expect((await loadModel(path)).fingerprint()).toBe(small.fingerprint());
    expect(readdirSync(folder)).toEqual(['model.safetensors']);
  });

  it('refuses what it cannot do', async () => {
    const trained = model();
    expect(await failure(() => trained.save(''))).toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
    expect(await failure(() => trained.save(join(freshPath(), 'no', 'folder')))).toMatchObject(FILE);
    const options = { optimiser: true } as never;
    expect((await failure(() => trained.save('a', options))).message).toContain('did you mean optimizer?');
    expect(await failure(() => trained.toSafetensors(options))).toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
    const unknown = sequential({ layers: [dense({ units: 2 })], seed: 1 });
    expect(await failure(() => unknown.save(freshPath()))).toMatchObject({ code: 'ERR_SAMEBITS_STATE' });
    trained.dispose();
    expect(await failure(() => trained.save(freshPath()))).toMatchObject({ code: 'ERR_SAMEBITS_STATE' });
  });
});

describe('loading', () => {
  const bytes = model().toSafetensors();

  it('follows the link that it is given, and refuses what is no file', async () => {
    const folder = freshPath();
    mkdirSync(folder);
    writeFileSync(join(folder, 'a'), bytes);
    symlinkSync(join(folder, 'a'), join(folder, 'link'));
    expect((await loadModel(join(folder, 'link'))).fingerprint()).toBe(model().fingerprint());
    for (const path of [folder, join(folder, 'missing'), '/dev/null', '/dev/zero']) {
      expect(await failure(() => loadModel(path)), path).toMatchObject(FILE);
    }
    expect(await failure(() => loadModel(3 as never))).toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
    expect(await failure(() => modelFromSafetensors('a' as never))).toMatchObject({ code: 'ERR_SAMEBITS_ARGUMENT' });
  });

  it('takes bytes at any place of their memory', () => {
    const moved = new Uint8Array(bytes.length + 3);
    moved.set(bytes, 3);
    expect(modelFromSafetensors(moved.subarray(3)).fingerprint()).toBe(model().fingerprint());
  });

  it.each<[string, (facts: Record<string, unknown>) => void, RegExp]>([
    ['another contract', (facts) => Object.assign(facts, { contract: 99 }), /contract 1 .* received "99, of samebits/],
    ['another schema', (facts) => Object.assign(facts, { schemaVersion: 2 }), /schema version 1/],
    ['another fingerprint', (facts) => Object.assign(facts, { fingerprint: 'a'.repeat(64) }), /weights of the finger/],
    ['other inputs', (facts) => Object.assign(facts, { inputs: 13 }), /12, as its layers say/],
    ['no optimizer', (facts) => Object.assign(facts, { compiled: null }), /the tensors of its model/],
    ['a key too many', (facts) => Object.assign(facts, { more: 1 }), /more/],
    ['counters beyond all', (facts) => Object.assign(facts, { counters: { steps: -1 } }), /counters/],
    [
      'a loss that does not fit',
      ({ compiled }) => Object.assign(compiled as object, { loss: 'binaryCrossentropy' }),
      /softmax/,
    ],
    [
      'a layer of 2^31 - 1 units',
      ({ model: described }) => Object.assign((described as { layers: object[] }).layers[2], { units: 0x7fff_ffff }),
      /the tensors of its model/,
    ],
    [
      'many layers',
      ({ model: described }) => {
        const { layers } = described as { layers: object[] };
        for (let i = 0; i < 10_000; i += 1) layers.push(layers[2]);
      },
      /name that no other layer has/,
    ],
  ])('refuses a file of %s', (_, edit, message) => {
    const error = expect.objectContaining({ ...FILE, message: expect.stringMatching(message) });
    expect(() => modelFromSafetensors(edited(bytes, edit))).toThrow(error);
  });

  it('refuses bytes that were changed, cut, or are no model', () => {
    const changed = Buffer.from(bytes);
    changed[changed.length - 1] ^= 1;
    const cut = bytes.subarray(0, bytes.length - 4);
    const long = Buffer.alloc(16);
    long.writeBigUInt64LE(2n ** 60n);
    const bare = Buffer.from(`${'\u0002'}${'\0'.repeat(7)}{}`);
    for (const damaged of [changed, cut, long, bare, new Uint8Array(0)]) {
      expect(() => modelFromSafetensors(damaged)).toThrow(expect.objectContaining(FILE));
    }
  });
});
