import { mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { takeTrainingRows } from '../../dist/data/choose-rows.js';
import { fromLabeled } from '../../dist/data/data-set.js';
import { digits } from '../../dist/data/digits.js';
import { readIdxFolder } from '../../dist/data/idx-folder.js';
import { mnist } from '../../dist/data/mnist.js';
import { idxBytes, pixels, writeFolder } from './idx-writer.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'samebits-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('readIdxFolder', () => {
  it('gives the same data for dashes, dots and compressed files', async () => {
    writeFolder(folder);
    const data = await readIdxFolder(folder, 'tiny');
    expect(data).toMatchObject({ name: 'tiny', classes: 3, scale: 1 / 255 });
    expect(data.train.x).toMatchObject({ rows: 9, columns: 12 });
    expect(data.test.x).toMatchObject({ rows: 5, columns: 12 });
    expect(Array.from(data.train.labels)).toEqual([0, 1, 2, 0, 1, 2, 0, 1, 2]);
    expect(data.train.x.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(data.train.labels.buffer).toBeInstanceOf(SharedArrayBuffer);

    for (const options of [{ separator: '.' }, { compressed: true }] as const) {
      rmSync(folder, { recursive: true });
      folder = mkdtempSync(join(tmpdir(), 'samebits-folder-'));
      writeFolder(folder, options);
      expect((await readIdxFolder(folder)).hash).toBe(data.hash);
    }
  });

  it('hashes contents: one changed pixel or label changes it, the name does not', async () => {
    writeFolder(folder);
    const { hash } = await readIdxFolder(folder, 'a');
    expect((await readIdxFolder(folder, 'b')).hash).toBe(hash);
    writeFileSync(join(folder, 't10k-labels-idx1-ubyte'), idxBytes(8, [5], Uint8Array.of(0, 1, 2, 0, 2)));
    const relabeled = (await readIdxFolder(folder)).hash;
    expect(relabeled).not.toBe(hash);
    const changed = pixels(108);
    changed[107] ^= 1;
    writeFileSync(join(folder, 'train-images-idx3-ubyte'), idxBytes(8, [9, 4, 3], changed));
    expect((await readIdxFolder(folder)).hash).not.toBe(relabeled);
  });

  it('turns other elements into binary32 and refuses those that are not finite there', async () => {
    writeFolder(folder);
    unlinkSync(join(folder, 'train-images-idx3-ubyte'));
    const values = new DataView(new ArrayBuffer(8 * 9 * 12));
    for (let i = 0; i < 108; i += 1) values.setFloat64(8 * i, i / 3);
    const path = join(folder, 'train-images-idx3-double');
    writeFileSync(path, idxBytes(0x0e, [9, 4, 3], new Uint8Array(values.buffer)));
    const { train, scale } = await readIdxFolder(folder);
    expect(train.x.data).toBeInstanceOf(Float32Array);
    expect(train.x.data[100]).toBe(Math.fround(100 / 3));
    expect(scale).toBe(1);
    values.setFloat64(8 * 57, 1e300);
    writeFileSync(path, idxBytes(0x0e, [9, 4, 3], new Uint8Array(values.buffer)));
    await expect(readIdxFolder(folder)).rejects.toMatchObject({
      code: 'ERR_SAMEBITS_DATA',
      message: expect.stringContaining('element 57'),
    });
  });

  it('names what is missing', async () => {
    await expect(readIdxFolder(join(folder, 'nowhere'))).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    writeFolder(folder);
    unlinkSync(join(folder, 't10k-labels-idx1-ubyte'));
    await expect(readIdxFolder(folder)).rejects.toThrow(/t10k-labels-idx1-ubyte/);
  });

  it.each([
    ['labels for fewer images', 'train-labels-idx1-ubyte', idxBytes(8, [8], pixels(8)), 'ERR_SAMEBITS_SHAPE'],
    ['labels in two dimensions', 'train-labels-idx1-ubyte', idxBytes(8, [9, 1], pixels(9)), 'ERR_SAMEBITS_SHAPE'],
    ['images in one dimension', 'train-images-idx3-ubyte', idxBytes(8, [9], pixels(9)), 'ERR_SAMEBITS_SHAPE'],
    ['test images of another size', 't10k-images-idx3-ubyte', idxBytes(8, [5, 4, 4], pixels(80)), 'ERR_SAMEBITS_SHAPE'],
    ['no images', 'train-images-idx3-ubyte', idxBytes(8, [0, 4, 3], pixels(0)), 'ERR_SAMEBITS_DATA'],
    ['images without pixels', 'train-images-idx3-ubyte', idxBytes(8, [9, 0, 3], pixels(0)), 'ERR_SAMEBITS_DATA'],
    ['cut images', 'train-images-idx3-ubyte', idxBytes(8, [9, 4, 3], pixels(107)), 'ERR_SAMEBITS_FILE'],
  ])('refuses %s', async (_, name, bytes, code) => {
    writeFolder(folder);
    writeFileSync(join(folder, name), bytes);
    await expect(readIdxFolder(folder)).rejects.toMatchObject({ code });
  });

  it('prefers the plain file where both are there', async () => {
    writeFolder(folder);
    writeFileSync(join(folder, 'train-images-idx3-ubyte.gz'), gzipSync(idxBytes(8, [1, 1], pixels(1))));
    expect((await readIdxFolder(folder)).train.x.rows).toBe(9);
  });
});

describe('takeTrainingRows', () => {
  it('takes the first rows on the same memory, with a hash of its own', async () => {
    writeFolder(folder);
    const data = fromLabeled(await readIdxFolder(folder));
    const some = takeTrainingRows(data, 4);
    expect(some.train.x.rows).toBe(4);
    expect(some.train.x.data.length).toBe(48);
    expect(some.train.y).toHaveLength(4);
    expect(some.train.x.data.buffer).toBe(data.train.x.data.buffer);
    expect(some.test).toBe(data.test);
    expect(some.hash).not.toBe(data.hash);
    expect(takeTrainingRows(data, 9).hash).toBe(data.hash);
  });

  it.each([0, -1, 1.5, 10, Number.NaN])('refuses %s rows of 9', async (rows) => {
    writeFolder(folder);
    const data = fromLabeled(await readIdxFolder(folder));
    expect(() => takeTrainingRows(data, rows, '--rows')).toThrow(/from 1 to 9 .* for --rows/);
  });
});

describe('data sets', () => {
  it('ships the digits', async () => {
    const data = await digits();
    expect(data).toMatchObject({ name: 'digits', classes: 10, scale: 1 / 16 });
    expect(data.train.x).toMatchObject({ rows: 1437, columns: 64 });
    expect(data.test.x.rows).toBe(360);
    expect(Array.from(data.train.x.data.slice(0, 16))).toEqual([0, 0, 5, 13, 9, 1, 0, 0, 0, 0, 13, 15, 10, 15, 5, 0]);
    expect(Array.from(data.train.labels.slice(0, 12))).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect(Array.from(data.test.labels.slice(-5))).toEqual([9, 0, 8, 9, 8]);
    expect(data.hash).toBe('91ec7943b6d964c6986100a83e92c6d8331ca36a314d1b834d6b7e1a5ba48267');
  });

  it('reads MNIST from its package', async () => {
    const data = await mnist();
    expect(data).toMatchObject({ name: 'mnist', classes: 10, scale: 1 / 255 });
    expect(data.train.x).toMatchObject({ rows: 60_000, columns: 784 });
    expect(data.test.x.rows).toBe(10_000);
    expect(Array.from(data.train.labels.slice(0, 5))).toEqual([5, 0, 4, 1, 9]);
    let sum = 0;
    for (const pixel of data.train.x.data) sum += pixel;
    expect(sum).toBe(1_567_298_545);
  });
});
