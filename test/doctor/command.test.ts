/** `samebits doctor` as users run it. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DoctorDocument } from '../../dist/doctor/document.js';
import { addon } from '../../dist/native/addon.js';
import { addonPath } from '../../dist/native/load.js';
import { expectPublished } from '../command/published-schema.js';

const root = join(import.meta.dirname, '..', '..');
/** Milliseconds for a whole examination, on a busy machine. */
const SLOW = 180_000;
const place = mkdtempSync(join(tmpdir(), 'samebits-doctor-'));

function doctor(
  args: readonly string[],
  { from = root, env = {} }: { from?: string; env?: Record<string, string> } = {},
) {
  const { SAMEBITS_BINARY: _, ...inherited } = process.env;
  const program = join(from, 'dist', 'cli', 'main.js');
  return spawnSync(process.execPath, [program, 'doctor', ...args], {
    cwd: place,
    env: { ...inherited, NO_COLOR: '1', ...env },
    encoding: 'utf8',
  });
}

afterAll(() => rmSync(place, { recursive: true, force: true }));

test('on a sound machine everything is well, in lines of at most 80 columns', { timeout: SLOW }, () => {
  const { status, stdout, stderr } = doctor(['--output', 'doctor.json']);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  expect(stdout).not.toContain('\u001b');
  expect(stdout).not.toContain('✗');
  const document = JSON.parse(readFileSync(join(place, 'doctor.json'), 'utf8')) as DoctorDocument;
  expectPublished(document);
  expect(document).toMatchObject({ schemaVersion: 1, command: 'doctor', contract: 1, ok: true });
  expect(document.machine.instructionSets).toEqual(addon().instructionSets().available.toReversed());
  for (const { name, ok, found, expected, sentence } of document.checks) {
    expect({ name, ok }).toEqual({ name, ok: true });
    for (const text of [found, expected, sentence]) expect(text, name).not.toBe('');
    expect(stdout).toContain(`✓ ${name}  `);
  }
  expect(stdout).toContain(`All ${document.checks.length} checks are well`);
});

describe('in a package of which something is off', () => {
  const copy = join(place, 'package');

  beforeAll(() => {
    for (const part of ['dist', 'data', 'package.json'])
      cpSync(join(root, part), join(copy, part), { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
    const path = join(copy, 'data', 'golden.json');
    const golden = JSON.parse(readFileSync(path, 'utf8'));
    golden.networks[0].expected.weights = '0'.repeat(64);
    writeFileSync(path, JSON.stringify(golden));
  });

  test('a wrong fingerprint ends it with exit code 1 and a clear line', { timeout: SLOW }, () => {
    const { status, stdout } = doctor([], { from: copy, env: { SAMEBITS_BINARY: addonPath() } });
    expect(status).toBe(1);
    expect(stdout).toMatch(/^✗ golden networks +Not as the contract has it: scalar, 1 thread/m);
    expect(stdout).toMatch(/^ +found:\s+[0-9a-f]{40}/m);
    expect(stdout).toContain('SAMEBITS_BINARY');
    expect(stdout.replace(/\s+/g, ' ')).toMatch(/1 of \d+ checks is off: golden networks\./);
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80);
  });

  test('a missing binary does too, with the line that builds it, in the list and in JSON', () => {
    const list = doctor([], { from: copy });
    expect(list.status).toBe(1);
    expect(list.stdout).toContain('✗ binary');
    expect(list.stdout.replace(/\s+/g, ' ')).toContain('npx samebits build');
    const json = doctor(['--json'], { from: copy });
    expect(json.status).toBe(1);
    const document = JSON.parse(json.stdout) as DoctorDocument;
    expect(document.ok).toBe(false);
    expect(document.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toEqual(['binary']);
  });

  test('so does a binary of another version, which tells nothing', () => {
    const older = join(place, 'older.node');
    cpSync(addonPath(), older);
    const patch = `const { Module } = require('node:module');
const load = Module.prototype.require;
Module.prototype.require = function (path) {
  const { diagnostics, ...rest } = load.call(this, path);
  return path.endsWith('older.node') ? rest : load.call(this, path);
};`;
    writeFileSync(join(place, 'patch.cjs'), patch);
    const env = { SAMEBITS_BINARY: older, NODE_OPTIONS: `--require=${join(place, 'patch.cjs')}` };
    const { status, stdout } = doctor([], { env });
    expect(status).toBe(1);
    expect(stdout).toContain('another version');
  });
});

describe('wrong usage', () => {
  test.each([
    [['--frobnicate'], 'frobnicate'],
    [['--output', join(place, 'missing', 'doctor.json')], '--output'],
    [['extra'], 'too many arguments'],
  ])('%j is refused before any work', (args, message) => {
    const { status, stdout, stderr } = doctor(args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(existsSync(join(place, 'missing'))).toBe(false);
  });
});

test('what comes with the package to be computed again is what the tests have', () => {
  const script = join(root, 'scripts', 'golden-data.mjs');
  const { status, stdout } = spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'data/golden.json: well\n' });
});
