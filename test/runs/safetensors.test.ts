import { mkdirSync, readFileSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openInside } from '../../dist/runs/inside.js';
import { SafetensorsFile, tensorSource, writeSafetensors } from '../../dist/runs/safetensors.js';
import { freshPath } from './folder.js';

function folder(): string {
  const path = freshPath();
  mkdirSync(path);
  return path;
}

async function open(path: string, name = 'a.safetensors'): Promise<SafetensorsFile> {
  return SafetensorsFile.of(await openInside(path, [name]));
}

/** A file of this header and these bytes of data. */
function file(header: string, dataBytes: number, length = Buffer.byteLength(header)): string {
  const path = folder();
  const head = Buffer.alloc(8);
  head.writeBigUInt64LE(BigInt(length));
  writeFileSync(join(path, 'a.safetensors'), Buffer.concat([head, Buffer.from(header), Buffer.alloc(dataBytes)]));
  return path;
}

const FOUR_FLOATS = '{"a":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}';

describe('safetensors', () => {
  it('come back as they were written: types, shapes, metadata and a seal that holds', async () => {
    const path = folder();
    const tensors = [
      tensorSource('floats', [2, 3], Float32Array.of(1, -0, Number.POSITIVE_INFINITY, 1e-45, 2, 3)),
      tensorSource('10', [], Float64Array.of(Math.PI)),
      tensorSource('words', [2], Uint32Array.of(0, 0xffff_ffff)),
      tensorSource('integers', [1], Int32Array.of(-5)),
      tensorSource('marks', [2], BigUint64Array.of(0n, 2n ** 64n - 1n)),
      tensorSource('signed', [1], BigInt64Array.of(-(2n ** 63n))),
      tensorSource('nothing', [0, 4], new Float32Array(0)),
    ];
    const seal = await writeSafetensors(join(path, 'a.safetensors'), tensors, { note: 'ü "quoted"' });
    const read = await open(path);
    expect(await read.checkSeal()).toBe(seal);
    expect(read.header.metadata.get('note')).toBe('ü "quoted"');
    expect(read.header.tensors.map(({ name }) => name).sort()).toEqual(tensors.map(({ name }) => name).sort());
    for (const { name, dtype, shape, parts } of tensors) {
      expect(await read.read(name, dtype, shape)).toEqual([...parts()][0]);
    }
    await read.close();
  });

  it('write every NaN as the same one', async () => {
    const path = folder();
    const odd = new Float32Array(Uint32Array.of(0xffc0_0001, 0x7f80_0001).buffer);
    await writeSafetensors(join(path, 'a.safetensors'), [tensorSource('a', [2], odd)]);
    const read = await open(path);
    const bits = new Uint32Array((await read.read('a', 'F32')).buffer);
    expect([...bits]).toEqual([0x7fc0_0000, 0x7fc0_0000]);
    await read.close();
  });

  it('of other programs are read: padding, any order, no metadata', async () => {
    const header =
      '{"b":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}, "a":{"dtype":"U32","shape":[2],"data_offsets":[0,8]}}   ';
    const read = await open(file(header, 12));
    expect(read.header.tensors.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await read.read('a', 'U32')).toEqual(Uint32Array.of(0, 0));
    await expect(read.checkSeal()).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    await expect(read.read('b', 'F32', [2])).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    await expect(read.read('a', 'F32')).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    await expect(read.read('c', 'F32')).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    await read.close();
  });

  it.each([
    ['an empty file', '', 0, 0],
    ['a header of 2^60 bytes', FOUR_FLOATS, 16, 2 ** 60],
    ['a header longer than the file', FOUR_FLOATS, 16, 100],
    ['a header that is cut', FOUR_FLOATS, 16, 20],
    ['no JSON', 'hello, world', 0],
    ['an array', '[1]', 0],
    ['a space before the header', ` ${FOUR_FLOATS}`, 16],
    ['data that are missing', FOUR_FLOATS, 15],
    ['data that no tensor has', FOUR_FLOATS, 17],
    ['a gap', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}', 8],
    [
      'an overlap',
      '{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}',
      12,
    ],
    ['offsets backwards', '{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}', 4],
    ['a shape that is larger', '{"a":{"dtype":"F32","shape":[2,3],"data_offsets":[0,16]}}', 16],
    [
      'a shape beyond binary64',
      `{"a":{"dtype":"F32","shape":[${'9007199254740991,'.repeat(30)}0],"data_offsets":[0,0]}}`,
      0,
    ],
    ['a negative dimension', '{"a":{"dtype":"F32","shape":[-1,-4],"data_offsets":[0,16]}}', 16],
    ['a fraction', '{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,6]}}', 6],
    ['an unknown type', '{"a":{"dtype":"F31","shape":[4],"data_offsets":[0,16]}}', 16],
    ['a name of the prototype', '{"a":{"dtype":"toString","shape":[4],"data_offsets":[0,16]}}', 16],
    ['a tensor twice', `${FOUR_FLOATS.slice(0, -1)},${FOUR_FLOATS.slice(1)}`, 16],
    ['a key twice', '{"a":{"dtype":"F32","dtype":"F32","shape":[4],"data_offsets":[0,16]}}', 16],
    [
      'a key twice, once escaped',
      `${FOUR_FLOATS.slice(0, -1)},"\\u0061":{"dtype":"F32","shape":[0],"data_offsets":[16,16]}}`,
      16,
    ],
    ['a key too many', '{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16],"more":1}}', 16],
    ['a prototype', '{"__proto__":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', 16],
    ['metadata that are no strings', `{"__metadata__":{"a":1},${FOUR_FLOATS.slice(1)}`, 16],
    ['a name without characters', '{"":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}', 16],
    ['a long name', `{"${'n'.repeat(1025)}":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}`, 16],
    ['a hundred thousand levels', `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 0],
    ['bytes that are no UTF-8', '{"\ud800":1}', 0],
  ])('of %s are refused', async (_, header, dataBytes, length?: number) => {
    await expect(open(file(header, dataBytes, length))).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
  });

  it('that claim a terabyte take no memory', async () => {
    const bytes = 2 ** 40;
    const path = file(`{"a":{"dtype":"U8","shape":[${bytes}],"data_offsets":[0,${bytes}]}}`, 0);
    await expect(open(path)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    // A file with a hole is as long as it says, and still nothing is read before somebody asks.
    const name = join(path, 'a.safetensors');
    truncateSync(name, readFileSync(name).length + bytes);
    const before = process.memoryUsage().arrayBuffers;
    const read = await open(path);
    await expect(read.read('a', 'U8')).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    await read.close();
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 << 20);
  });

  it('are not read through links, pipes or folders', async () => {
    const path = folder();
    const outside = join(folder(), 'secret');
    await writeSafetensors(outside, [tensorSource('a', [1], Float32Array.of(1))]);
    symlinkSync(outside, join(path, 'a.safetensors'));
    await expect(open(path)).rejects.toThrow(/regular file/);
    mkdirSync(join(path, 'folder'));
    await expect(open(path, 'folder')).rejects.toThrow(/regular file/);
    await expect(open(path, 'missing')).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
  });

  it('leave the old file where writing fails', async () => {
    const path = folder();
    const name = join(path, 'a.safetensors');
    await writeSafetensors(name, [tensorSource('a', [1], Float32Array.of(1))]);
    const before = readFileSync(name);
    const failing = { ...tensorSource('a', [2], Float32Array.of(1, 2)), parts: () => [Float32Array.of(1)] };
    await expect(writeSafetensors(name, [failing])).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    const twice = [tensorSource('a', [1], Float32Array.of(1)), tensorSource('a', [1], Float32Array.of(1))];
    await expect(writeSafetensors(name, twice)).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
    expect(readFileSync(name)).toEqual(before);
    await expect(writeSafetensors(join(path, 'no', 'folder'), [])).rejects.toMatchObject({ code: 'ERR_SAMEBITS_FILE' });
  });
});
