import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { prebuildFolder } from '../dist/native/platform.js';

const root = join(import.meta.dirname, '..');
const built = join(root, 'build', 'Release', 'samebits.node');
const buildLine = 'npm i cmake-js node-addon-api && npx samebits build';

/** A package of its own with the loader and whatever .node files a test puts there. */
let folder: string;
let prebuilt: string;
let compiled: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'samebits-loader-'));
  cpSync(join(root, 'dist', 'native'), join(folder, 'dist', 'native'), { recursive: true });
  for (const file of ['errors.js', 'package-root.js'])
    copyFileSync(join(root, 'dist', file), join(folder, 'dist', file));
  copyFileSync(join(root, 'package.json'), join(folder, 'package.json'));
  prebuilt = join(folder, 'prebuilds', prebuildFolder(), 'samebits.node');
  compiled = join(folder, 'build', 'Release', 'samebits.node');
  for (const file of [prebuilt, compiled]) mkdirSync(dirname(file), { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Loads in a process of its own: a bad .node file could end it. */
function load(environment: Record<string, string> = {}): { path?: string; code?: string; message?: string } {
  const program = `
    const { loadAddon, addonPath } = require(${JSON.stringify(join(folder, 'dist', 'native', 'load.js'))});
    try {
      loadAddon();
      console.log(JSON.stringify({ path: addonPath() }));
    } catch ({ code, message }) {
      console.log(JSON.stringify({ code, message }));
    }`;
  const { SAMEBITS_BINARY: _, ...inherited } = process.env;
  const { stdout, status, signal } = spawnSync(process.execPath, ['-e', program], {
    cwd: folder,
    env: { ...inherited, ...environment },
    encoding: 'utf8',
  });
  expect({ status, signal }).toEqual({ status: 0, signal: null });
  return JSON.parse(stdout);
}

/** Puts the built addon to `file`, changed by `change`. */
function damaged(file: string, change: (bytes: Buffer) => Buffer): void {
  writeFileSync(file, change(readFileSync(built)));
}

describe('the loader', () => {
  it('takes the prebuilt addon first, then the one built here', () => {
    copyFileSync(built, compiled);
    expect(load()).toEqual({ path: compiled });
    copyFileSync(built, prebuilt);
    expect(load()).toEqual({ path: prebuilt });
  });

  it('says which paths it tried, why each failed, and what to type', () => {
    writeFileSync(prebuilt, 'no addon');
    const { code, message } = load();
    expect(code).toBe('ERR_SAMEBITS_NO_BINARY');
    expect(message).toContain(`${prebuilt}\n    `);
    expect(message).toContain(`${compiled}\n    there is no such file`);
    expect(message).toContain(buildLine);
  });

  it('goes on to the built addon where the prebuilt one is damaged', () => {
    damaged(prebuilt, (bytes) => bytes.subarray(0, bytes.length / 2));
    copyFileSync(built, compiled);
    expect(load()).toEqual({ path: compiled });
  });

  it.runIf(process.platform === 'linux').each([
    ['an empty file', () => Buffer.alloc(0), 'it is not an ELF file'],
    ['a truncated one', (bytes: Buffer) => bytes.subarray(0, 40_000), 'it is truncated: 40000 bytes of'],
    ['a 32-bit one', (bytes: Buffer) => patched(bytes, 4, 1), 'it is not a 64-bit little-endian ELF file'],
    ['one for another machine', (bytes: Buffer) => patched(bytes, 18, 243), 'it is for ELF machine 243'],
  ])('reports %s as a cause', (_, change, cause) => {
    damaged(prebuilt, change);
    expect(load().message).toContain(`${prebuilt}\n    ${cause}`);
  });

  it('takes the file that SAMEBITS_BINARY names, relative to the current folder, and no other', () => {
    copyFileSync(built, prebuilt);
    const elsewhere = join(folder, 'elsewhere.node');
    expect(load({ SAMEBITS_BINARY: elsewhere }).message).toContain('SAMEBITS_BINARY names this file alone');
    copyFileSync(built, elsewhere);
    expect(load({ SAMEBITS_BINARY: 'elsewhere.node' })).toEqual({ path: elsewhere });
    for (const other of ['', 'elsewhere.js']) {
      expect(load({ SAMEBITS_BINARY: other }).code).toBe('ERR_SAMEBITS_ARGUMENT');
    }
  });

  it('loads in the main thread and in workers that come and go', () => {
    const loader = JSON.stringify(join(root, 'dist', 'native', 'load.js'));
    const program = `
      const { isMainThread, parentPort, Worker } = require('node:worker_threads');
      const { loadAddon } = require(${loader});
      const visit = () => new Promise((resolve, reject) => {
        const worker = new Worker(__filename);
        worker.on('error', reject);
        worker.on('message', (contract) => worker.terminate().then(() => resolve(contract)));
      });
      const main = async () => {
        const before = await visit();
        const here = loadAddon().contract;
        const after = await Promise.all([visit(), visit(), visit()]);
        console.log(JSON.stringify([before, here, ...after]));
      };
      if (isMainThread) main();
      else parentPort.postMessage(loadAddon().contract);`;
    const file = join(folder, 'visits.js');
    writeFileSync(file, program);
    const { stdout, status } = spawnSync(process.execPath, [file], { encoding: 'utf8' });
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toEqual([1, 1, 1, 1, 1]);
  });
});

function patched(bytes: Buffer, offset: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[offset] = value;
  return copy;
}
