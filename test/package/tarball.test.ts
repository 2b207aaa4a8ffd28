import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prebuildFolder } from '../../dist/native/platform.js';

const root = join(import.meta.dirname, '..', '..');
const place = mkdtempSync(join(tmpdir(), 'samebits-package-'));
const project = join(place, 'project');
const installed = join(project, 'node_modules', 'samebits');
const prebuilt = join(installed, 'prebuilds', prebuildFolder(), 'samebits.node');

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program in the consumer's project, as a new user would: a home of one's own, no settings of npm's or ours. */
function run(program: string, args: readonly string[], path: string, cwd = project): Ended {
  const kept = Object.entries(process.env).filter(([name]) => /^(NODE_EXTRA_CA_CERTS|.*_proxy|TMPDIR)$/i.test(name));
  const env = { ...Object.fromEntries(kept), HOME: join(place, 'home'), PATH: path };
  return spawnSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 2 ** 28 });
}

/** A PATH with Node and npm, and nothing that could compile. */
const noCompiler = join(place, 'bin');
const everything = process.env.PATH ?? '';
const succeeded = (ended: Ended): void =>
  expect(ended, `${ended.stdout}\n${ended.stderr}`).toMatchObject({ status: 0 });

beforeAll(() => {
  for (const folder of [project, noCompiler, join(place, 'home')]) mkdirSync(folder);
  for (const program of ['node', 'npm', 'npx', 'sh', 'env']) {
    const found = execFileSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).trim();
    symlinkSync(found, join(noCompiler, program));
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify({ name: 'project', private: true }));
  succeeded(run('npm', ['pack', '--pack-destination', place], everything, root));
}, 600_000);

// A project with its packages are many files.
afterAll(() => rmSync(place, { recursive: true, force: true }), 120_000);

describe('the packed package', () => {
  it('installs without a compiler and without running a script', () => {
    const tarball = readdirSync(place).find((name) => name.endsWith('.tgz'));
    succeeded(run('npm', ['install', '--ignore-scripts', join(place, String(tarball))], noCompiler));
    expect(existsSync(prebuilt)).toBe(true);
    expect(existsSync(join(installed, 'build'))).toBe(false);
  });

  it('leaves no prebuilt addon in the repository, where it would hide later builds', () => {
    expect(existsSync(join(root, 'prebuilds'))).toBe(false);
  });

  it('has types for ESM and CommonJS', () => {
    cpSync(join(import.meta.dirname, 'consumer'), project, { recursive: true });
    const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
    const typeRoots = join(root, 'node_modules', '@types');
    succeeded(run(process.execPath, [compiler, '-p', project, '--typeRoots', typeRoots], noCompiler));
  });

  it.each(['esm.mjs', 'cjs.cjs'])('works without a compiler in %s', (program) => {
    const ended = run('node', [program], noCompiler);
    succeeded(ended);
    expect(JSON.parse(ended.stdout)).toEqual({ total: 6, error: 'ERR_SAMEBITS_SHAPE', model: 'function' });
  });

  it('has a command', () => {
    const ended = run('npx', ['--no-install', 'samebits', '--help'], noCompiler);
    succeeded(ended);
    expect(ended.stdout).toContain('samebits compare');
  });

  it('says what to type where the prebuilt addon is gone, and that works', () => {
    rmSync(dirname(prebuilt), { recursive: true });
    const broken = run('node', ['cjs.cjs'], noCompiler);
    expect(broken.status).not.toBe(0);
    expect(broken.stderr).toContain('ERR_SAMEBITS_NO_BINARY');
    const line = /^ {2}(npm i .+)$/m.exec(broken.stderr)?.[1];
    expect(line).toBe('npm i cmake-js node-addon-api && npx samebits build');

    succeeded(run('sh', ['-c', String(line)], everything));
    const repaired = run('node', ['cjs.cjs'], noCompiler);
    succeeded(repaired);
    expect(JSON.parse(repaired.stdout)).toMatchObject({ total: 6 });
  });

  it('names the tool that is missing to build with', () => {
    const ended = run('npx', ['--no-install', 'samebits', 'build'], noCompiler);
    expect(ended.status).not.toBe(0);
    expect(ended.stderr).toContain('needs CMake');
  });
});

describe('the repository', () => {
  it('installs without development dependencies, and says that it built nothing', () => {
    const clone = join(place, 'clone');
    succeeded(
      run('git', ['-c', 'safe.directory=*', 'clone', '--quiet', '--no-hardlinks', root, clone], everything, place),
    );
    const ended = run('npm', ['ci', '--omit=dev'], everything, clone);
    succeeded(ended);
    expect(ended.stdout + ended.stderr).toMatch(/^samebits: NOT BUILT: \S+ is not installed\.$/m);
  });
});
