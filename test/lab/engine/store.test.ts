import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { keepRequest, readRequests } from '../../../dist/lab/request.js';
import { canonicalJson } from '../../../dist/lab/store/canonical.js';
import { ResultStore } from '../../../dist/lab/store/result-store.js';
import { taskKey } from '../../../dist/lab/store/task-key.js';
import { hash } from '../../golden/made-up.js';
import { REGRESSION, settingOn, trainTask } from './experiments.js';
import { digest, key, training } from './results.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'samebits-store-'));
  path = join(folder, 'store');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A store with results 0 to `count` − 1, in one segment; names of its files. */
function filled(count: number): { readonly lines: string; readonly binary: string } {
  const store = ResultStore.open(path);
  store.add(Array.from({ length: count }, (_, i) => training(i)));
  store.close();
  const name = readdirSync(path).find((file) => file.endsWith('.jsonl')) as string;
  return { lines: join(path, name), binary: join(path, name.replace('jsonl', 'bin')) };
}

function keptIn(store: ResultStore, count: number): number[] {
  return Array.from({ length: count }, (_, i) => i).filter((i) => store.holds(key(i)));
}

describe('a store', () => {
  it('gives back what was kept, to the bit, now and later', () => {
    const written = ResultStore.open(path);
    written.add([training(1)]);
    written.add([]);
    written.add([training(2)]);
    const read = ResultStore.open(path);
    for (const store of [written, read]) {
      const found = store.get(key(2));
      expect(found).toMatchObject({ kind: 'train', arrays: ['predictions', 'weights'] });
      expect(found?.result).toEqual(training(2).outcome.result);
      const predictions = found?.array('predictions') as Float32Array;
      expect(new Uint32Array(predictions.buffer)).toEqual(new Uint32Array(Float32Array.of(2, Number.NaN, -0).buffer));
      expect(found?.array('weights')).toEqual(new Float32Array(10).fill(2));
      expect(keptIn(store, 4)).toEqual([1, 2]);
      expect(store.get(key(3))).toBeNull();
    }
    written.close();
  });

  it('takes results from several processes at once', () => {
    const stores = [ResultStore.open(path), ResultStore.open(path)];
    stores.forEach((store, i) => {
      store.add([training(i)]);
    });
    expect(keptIn(ResultStore.open(path), 3)).toEqual([0, 1]);
  });

  it('knows a torn tail, at every length', () => {
    const { lines } = filled(3);
    const whole = readFileSync(lines);
    const ends = [...whole.entries()].filter(([, byte]) => byte === 0x0a).map(([at]) => at + 1);
    for (let length = whole.length - 1; length >= 0; length -= 7) {
      truncateSync(lines, length);
      const store = ResultStore.open(path);
      const complete = ends.filter((end) => end <= length).length;
      expect(keptIn(store, 3)).toEqual([0, 1, 2].slice(0, complete));
      expect(store.damaged).toBe(ends.includes(length) || length === 0 ? 0 : 1);
    }
  });

  it('takes no arrays that are cut off or changed', () => {
    const { binary } = filled(3);
    const bytes = readFileSync(binary);
    truncateSync(binary, bytes.length - 1);
    expect(keptIn(ResultStore.open(path), 3)).toEqual([0, 1]);
    // The first byte is one of result 0.
    bytes[0] ^= 1;
    writeFileSync(binary, bytes);
    const store = ResultStore.open(path);
    expect(keptIn(store, 3)).toEqual([1, 2]);
    expect(() => store.get(key(0))?.array('predictions')).toThrow(/damaged: run the command again/);
    const without = ResultStore.open(join(folder, 'other'));
    without.add([{ ...training(0), outcome: { ...training(0).outcome, arrays: {} } }]);
    expect(() => without.get(key(0))?.array('weights')).toThrow(/Expected a task that keeps weights/);
    rmSync(binary);
    expect(keptIn(ResultStore.open(path), 3)).toEqual([]);
  });

  it('prefers a whole result to a damaged one of the same task', () => {
    const { binary } = filled(1);
    truncateSync(binary, 0);
    const again = ResultStore.open(path);
    expect(again.holds(key(0))).toBe(false);
    again.add([training(0)]);
    again.close();
    for (let i = 0; i < 3; i += 1) expect(ResultStore.open(path).holds(key(0))).toBe(true);
  });

  it('never gives anything else than what was kept, whatever happens to its bytes', () => {
    const { lines, binary } = filled(4);
    for (const file of [lines, binary]) {
      const whole = readFileSync(file);
      for (let i = 0; i < 150; i += 1) {
        const bytes = Buffer.from(whole);
        for (let k = 0; k <= i % 3; k += 1) bytes[hash(3 * i + k, 5) % bytes.length] = hash(3 * i + k, 6) & 0xff;
        writeFileSync(file, i % 5 === 0 ? bytes.subarray(0, hash(i, 7) % bytes.length) : bytes);
        const store = ResultStore.open(path);
        for (const kept of keptIn(store, 4)) {
          expect(store.get(key(kept))?.result).toEqual(training(kept).outcome.result);
          expect(store.get(key(kept))?.array('weights')[0]).toBe(kept);
        }
      }
      writeFileSync(file, whole);
    }
  });

  it('refuses results of another form, even with a right checksum', () => {
    const store = ResultStore.open(path);
    const { outcome } = training(0);
    for (const [i, result] of [
      { ...outcome.result, steps: -1 },
      { ...outcome.result, train: { loss: 'much', accuracy: 1 } },
      { ...outcome.result, more: 1 },
      { ...outcome.result, fingerprint: 'x' },
      null,
    ].entries()) {
      store.add([{ key: key(i), kind: 'train', outcome: { result: result as object, arrays: {} } }]);
      expect(store.get(key(i))).toBeNull();
    }
  });

  it('reads nothing outside of itself', () => {
    const { lines, binary } = filled(1);
    for (const file of [lines, binary]) {
      const outside = join(folder, 'outside');
      renameSync(file, outside);
      symlinkSync(outside, file);
      expect(keptIn(ResultStore.open(path), 1)).toEqual([]);
      rmSync(file);
      renameSync(outside, file);
      expect(keptIn(ResultStore.open(path), 1)).toEqual([0]);
    }
    mkdirSync(join(path, '0000000000000000.jsonl'));
    copyFileSync(lines, join(path, 'notes.jsonl'));
    expect(ResultStore.open(path).size).toBe(1);
  });

  it('skips lines that are no results', () => {
    const { lines } = filled(1);
    appendFileSync(lines, `\n\n${'x'.repeat(100)}\n{"task":"${key(1)}"}\n`);
    const store = ResultStore.open(path);
    expect(store.damaged).toBe(4);
    expect(keptIn(store, 2)).toEqual([0]);
  });

  it('is told from any other folder, and from other versions', () => {
    mkdirSync(path);
    writeFileSync(join(path, 'thesis.txt'), 'years of work');
    expect(() => ResultStore.open(path)).toThrow(/Expected a store of samebits lab/);
    expect(readdirSync(path)).toEqual(['thesis.txt']);
    rmSync(join(path, 'thesis.txt'));
    ResultStore.open(path).close();
    writeFileSync(join(path, 'samebits-lab.json'), '{"format":"samebits lab store","version":2}\n');
    expect(() => ResultStore.open(path)).toThrow(/another version/);
    expect(() => ResultStore.openExisting(join(folder, 'none'))).toThrow(/Expected a store/);
    writeFileSync(join(folder, 'file'), '');
    expect(() => ResultStore.open(join(folder, 'file'))).toThrow(/can be written/);
  });
});

describe('a store of another process', () => {
  it('is begun where that one is about to, or died while it began', () => {
    mkdirSync(path);
    writeFileSync(join(path, '.samebits-lab.json.123.partial'), '{');
    ResultStore.open(path).close();
    expect(ResultStore.openExisting(path).size).toBe(0);
  });

  // Opened as files, pipes would be waited for without end.
  it.skipIf(process.platform === 'win32')('is not waited for where a pipe is in place of a file', () => {
    const store = ResultStore.open(path);
    execFileSync('mkfifo', [join(path, `${'0'.repeat(16)}.jsonl`)]);
    expect(ResultStore.open(path).size).toBe(0);
    mkdirSync(join(path, 'requests'));
    execFileSync('mkfifo', [join(path, 'requests', `${digest}.json`)]);
    expect(() => readRequests(store.folder)).toThrow('no regular file');
    rmSync(join(path, 'samebits-lab.json'));
    execFileSync('mkfifo', [join(path, 'samebits-lab.json')]);
    expect(() => ResultStore.open(path)).toThrow('no regular file');
  });

  it('has its requests in itself, not behind links', async () => {
    const request = {
      experiment: 'epochs',
      data: null,
      target: null,
      recipe: null,
      repeats: 2,
      epochs: 1,
      rows: null,
      threads: null,
    };
    for (const name of ['store', 'outside']) {
      ResultStore.open(join(folder, name)).close();
      await keepRequest(join(folder, name), request);
    }
    expect(readRequests(path)).toEqual([request]);
    const [name] = readdirSync(join(path, 'requests'));
    rmSync(join(path, 'requests', name));
    symlinkSync(join(folder, 'outside', 'requests', name), join(path, 'requests', name));
    expect(() => readRequests(path)).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_FILE' }));
    rmSync(join(path, 'requests'), { recursive: true });
    symlinkSync(join(folder, 'outside', 'requests'), join(path, 'requests'));
    expect(() => readRequests(path)).toThrow(expect.objectContaining({ code: 'ERR_SAMEBITS_FILE' }));
  });
});

describe('the key of a task', () => {
  const hashOf = (): string => digest;
  const setting = settingOn(REGRESSION);
  const task = trainTask(setting, 1, ['predictions']);

  it('is the same whatever the order of the fields', () => {
    const { recipe, data, execution } = task.setting;
    const turned = { ...Object.fromEntries(Object.entries(task).reverse()), setting: { execution, data, recipe } };
    expect(taskKey(turned as typeof task, hashOf)).toBe(taskKey(task, hashOf));
    expect(canonicalJson({ b: [{ d: 1, c: undefined }], a: '"' })).toBe('{"a":"\\"","b":[{"d":1}]}');
  });

  it('is another for whatever is another', () => {
    const { recipe } = task.setting;
    const others = [
      task,
      { ...task, repeat: 1 },
      { ...task, keep: [] },
      { ...task, setting: { ...task.setting, execution: { threads: 2, isa: 'auto' as const } } },
      { ...task, setting: { ...task.setting, recipe: { ...recipe, seeds: { ...recipe.seeds, order: 1 } } } },
      { ...task, setting: { ...task.setting, recipe: { ...recipe, emulate: ['noFma' as const] } } },
      { ...task, setting: { ...task.setting, data: { ...task.setting.data, rows: 3 } } },
    ];
    expect(new Set(others.map((one) => taskKey(one, hashOf))).size).toBe(others.length);
  });

  it('knows data by what is in them', () => {
    const on = (source: object): typeof task => ({
      ...task,
      setting: { ...setting, data: { ...setting.data, source: source as typeof REGRESSION } },
    });
    const [folderKey, givenKey] = [
      { kind: 'folder', path: '/somewhere' },
      { kind: 'given', name: 'x', hash: digest },
    ].map((source) => taskKey(on(source), hashOf));
    expect(folderKey).toBe(givenKey);
    expect(taskKey(on({ kind: 'folder', path: '/somewhere' }), () => 'b'.repeat(64))).not.toBe(folderKey);
    expect(taskKey(on({ ...REGRESSION, seed: 2 }), hashOf)).not.toBe(taskKey(on(REGRESSION), hashOf));
  });
});
