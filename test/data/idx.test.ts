import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idxLabels, readIdxFile } from '../../dist/data/idx.js';
import { idxBytes, pixels } from './idx-writer.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'samebits-idx-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe('readIdxFile', () => {
  it('reads bytes, plain and compressed, onto shared memory', async () => {
    const bytes = idxBytes(8, [3, 4, 5], pixels(60));
    for (const path of [file('plain', bytes), file('packed.gz', gzipSync(bytes))]) {
      const { dimensions, data } = await readIdxFile(path);
      expect(dimensions).toEqual([3, 4, 5]);
      expect(data).toBeInstanceOf(Uint8Array);
      expect(data.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(Array.from(data)).toEqual(Array.from(pixels(60)));
    }
  });

  it('reads a compressed file that arrives in many pieces', async () => {
    // Noise does not compress, so the reader sees the header and the elements in more than one chunk.
    let state = 1;
    const noise = Uint8Array.from({ length: 300_000 }, () => {
      state = Math.imul(state, 1_664_525) + 1_013_904_223;
      return state >>> 24;
    });
    const { data } = await readIdxFile(file('noise.gz', gzipSync(idxBytes(8, [300, 1000], noise))));
    expect(Buffer.compare(Buffer.from(data as Uint8Array), Buffer.from(noise))).toBe(0);
  });

  it.each([
    ['signed bytes', 0x09, Uint8Array.of(0x80, 0x7f), [-128, 127]],
    ['16-bit integers', 0x0b, Uint8Array.of(0x80, 0x00, 0x01, 0x02), [-32768, 258]],
    ['32-bit integers', 0x0c, Uint8Array.of(0xff, 0xff, 0xff, 0xfe, 0, 1, 0, 0), [-2, 65536]],
    ['binary32', 0x0d, Uint8Array.of(0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0), [1, -2.5]],
    ['binary64', 0x0e, Uint8Array.of(0x3f, 0xf0, 0, 0, 0, 0, 0, 0, 0xc0, 4, 0, 0, 0, 0, 0, 0), [1, -2.5]],
  ])('reads %s, big-endian', async (name, type, payload, values) => {
    const { data } = await readIdxFile(file(name, idxBytes(type, [2], payload)));
    expect(Array.from(data)).toEqual(values);
  });

  it('says which size was expected of a truncated or too long file, and which was found', async () => {
    const whole = idxBytes(8, [10, 6], pixels(60));
    const short = file('short', whole.subarray(0, 71));
    await expect(readIdxFile(short)).rejects.toMatchObject({
      code: 'ERR_SAMEBITS_FILE',
      message: `Expected 72 bytes (dimensions 10×6) for ${short} but received 71`,
    });
    const long = file('long', Buffer.concat([whole, Buffer.alloc(1)]));
    await expect(readIdxFile(long)).rejects.toThrow(/Expected 72 bytes .* but received 73/);
  });

  it('says so of compressed files, whose container may be cut or whose contents may lie', async () => {
    const whole = gzipSync(idxBytes(8, [10, 6], pixels(60)));
    await expect(readIdxFile(file('cut.gz', whole.subarray(0, -12)))).rejects.toMatchObject({
      code: 'ERR_SAMEBITS_FILE',
    });
    const less = file('less.gz', gzipSync(idxBytes(8, [10, 6], pixels(59))));
    await expect(readIdxFile(less)).rejects.toThrow(/Expected 72 bytes .* but received 71/);
    const more = file('more.gz', gzipSync(idxBytes(8, [10, 6], pixels(61))));
    await expect(readIdxFile(more)).rejects.toThrow(/Expected 72 bytes .* but received more/);
    await expect(readIdxFile(file('no.gz', Buffer.from('not compressed')))).rejects.toMatchObject({
      code: 'ERR_SAMEBITS_FILE',
    });
  });

  it.each([
    ['four billion squared', [0xffff_ffff, 0xffff_ffff]],
    ['a product beyond binary64', Array.from({ length: 60 }, () => 0xffff_ffff)],
    ['a product of zero and infinity', [...Array.from({ length: 60 }, () => 0xffff_ffff), 0]],
    ['a terabyte', [1 << 20, 1 << 20]],
  ])('allocates nothing for a header that claims %s', async (_, dimensions) => {
    const bytes = idxBytes(8, dimensions, pixels(100));
    const before = process.memoryUsage();
    await expect(readIdxFile(file('lie', bytes))).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    await expect(readIdxFile(file('lie.gz', gzipSync(bytes)))).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(16 << 20);
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['three bytes', Buffer.from([0, 0, 8])],
    ['a header that ends early', Buffer.from([0, 0, 8, 3, 0, 0, 0, 1])],
    ['255 dimensions that are not there', Buffer.from([0, 0, 8, 255])],
    ['no dimensions', Buffer.from([0, 0, 8, 0])],
    ['an unknown element type', Buffer.from([0, 0, 0x0a, 1, 0, 0, 0, 0])],
    ['another magic number', Buffer.from('PNG, or anything else')],
  ])('refuses %s', async (name, bytes) => {
    await expect(readIdxFile(file(name, bytes))).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    await expect(readIdxFile(file(`${name}.gz`, gzipSync(bytes)))).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
  });

  it('refuses what is missing and what is no file', async () => {
    await expect(readIdxFile(join(folder, 'missing'))).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    await expect(readIdxFile(folder)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    await expect(readIdxFile('/dev/zero')).rejects.toThrow(/regular file/);
  });
});

describe('idxLabels', () => {
  it('takes integers from 0 to 65,535 of any element type', async () => {
    const ints = await readIdxFile(file('ints', idxBytes(0x0c, [2], Uint8Array.of(0, 0, 0, 7, 0, 0, 0xff, 0xff))));
    expect(Array.from(idxLabels(ints, 'ints'))).toEqual([7, 65535]);
  });

  it.each([
    ['negative', 0x09, Uint8Array.of(1, 0xff)],
    ['fractional', 0x0d, Uint8Array.of(0x3f, 0x80, 0, 0, 0x3f, 0, 0, 0)],
    ['huge', 0x0c, Uint8Array.of(0, 0, 0, 0, 0x7f, 0xff, 0xff, 0xff)],
    ['not a number', 0x0d, Uint8Array.of(0, 0, 0, 0, 0x7f, 0xc0, 0, 0)],
  ])('refuses a label that is %s, and says which', async (name, type, payload) => {
    const labels = await readIdxFile(file(`label ${name}`, idxBytes(type, [2], payload)));
    expect(() => idxLabels(labels, 'FILE')).toThrow(/label 1 of FILE/);
  });
});
