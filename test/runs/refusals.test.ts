import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { dense, type FitOptions, modelFromRun, openRun, resume, sequential, sgd } from 'samebits';
import { describe, expect, it } from 'vitest';
import { reseal } from '../fuzz/mutations.js';
import { freshPath } from './folder.js';
import { contents, FIT, labels, model, Witness, x } from './problem.js';

const FILE = { code: 'ERR_SAMEBITS_FILE' };
const DATA = { code: 'ERR_SAMEBITS_DATA' };
const ARGUMENT = { code: 'ERR_SAMEBITS_ARGUMENT' };

/** A run that stopped after 6 of its 12 steps. */
async function stoppedRun(options: FitOptions = {}): Promise<string> {
  const folder = freshPath();
  const stopping = model().fit(x, labels, { ...FIT, folder, ...new Witness(6).stopping, ...options });
  await expect(stopping).rejects.toMatchObject({ name: 'AbortError' });
  return folder;
}

describe('a folder for a new run', () => {
  it('must be new or empty', async () => {
    const { folder } = await model().fit(x, labels, { ...FIT, folder: freshPath() });
    const before = contents(folder as string);
    await expect(model().fit(x, labels, { ...FIT, folder: folder as string })).rejects.toMatchObject(FILE);
    expect(contents(folder as string)).toEqual(before);
    const empty = freshPath();
    mkdirSync(join(empty, 'deep'), { recursive: true });
    await model().fit(x, labels, { ...FIT, folder: join(empty, 'deep') });
    await expect(model().fit(x, labels, { ...FIT, folder: empty })).rejects.toThrow(/new or empty folder/);
  });

  it('may hold what a killed process had begun, which goes', async () => {
    const whole = freshPath();
    await model().fit(x, labels, { ...FIT, folder: whole });
    const folder = freshPath();
    mkdirSync(join(folder, 'checkpoints'), { recursive: true });
    for (const name of ['.manifest.json.1.partial', 'checkpoints/.0.safetensors.1.partial']) {
      writeFileSync(join(folder, name), '{');
    }
    await model().fit(x, labels, { ...FIT, folder });
    expect(contents(folder)).toEqual(contents(whole));
  });

  it('must be one that can be made', async () => {
    const file = freshPath();
    writeFileSync(file, 'a file');
    for (const folder of [file, join(file, 'below'), '/proc/samebits', '/dev/null']) {
      await expect(model().fit(x, labels, { ...FIT, folder }), folder).rejects.toMatchObject(FILE);
    }
    expect(readFileSync(file, 'utf8')).toBe('a file');
  });

  it.each([
    ['folder', { folder: '' }],
    ['folder', { folder: 3 }],
    ['trace', { trace: 'always' }],
    ['checkpointEvery', { checkpointEvery: 0 }],
    ['keepCheckpoints', { keepCheckpoints: 0 }],
    ['best', { best: 'val_acc' }],
    ['dataSource', { dataSource: { kind: 'web' } }],
    ['callbacks', { callbacks: { getState: 1 } }],
  ])('has options that are checked: %s', async (name, options) => {
    const failing = model().fit(x, labels, { ...FIT, ...(options as FitOptions) });
    await expect(failing).rejects.toMatchObject({ ...ARGUMENT, message: expect.stringContaining(`fit.${name}`) });
  });

  it.each([
    ['trace', 'always', "one of 'epoch', 'step', or null,"],
    ['checkpointEvery', 0, 'an integer of at least 1, or null,'],
    ['best', 'val_acc', "or null (did you mean 'val_accuracy'?),"],
  ])('says that %s may be null', async (name, value, words) => {
    const failing = model().fit(x, labels, { ...FIT, [name]: value });
    await expect(failing).rejects.toThrow(`${words} for fit.${name} but received`);
    await model().fit(x, labels, { ...FIT, [name]: null });
  });

  it('is never the folder that one happens to be in', async () => {
    for (const read of [openRun, modelFromRun]) await expect(read('')).rejects.toMatchObject(ARGUMENT);
    await expect(resume('', x, labels)).rejects.toMatchObject(ARGUMENT);
  });

  it('is written to by one run at a time', async () => {
    const folder = freshPath();
    const codes: unknown[] = [];
    const meanwhile = async () => {
      codes.push(await resume(folder, x, labels).catch(({ code }) => code));
      codes.push(
        await model()
          .fit(x, labels, { folder })
          .catch(({ code }) => code),
      );
    };
    await model().fit(x, labels, { ...FIT, epochs: 1, folder, callbacks: { onEpochEnd: meanwhile } });
    expect(codes).toEqual(['ERR_SAMEBITS_BUSY', 'ERR_SAMEBITS_BUSY']);
    (await resume(folder, x, labels)).model.dispose();
  });

  it('says where the data come from', async () => {
    const given = await openRun((await model().fit(x, labels, { folder: freshPath() })).folder as string);
    const { hash } = given.manifest.data;
    expect(given.manifest.data.choice).toEqual({
      source: { kind: 'given', name: 'data', hash },
      rows: null,
      bootstrap: null,
    });
    const source = { kind: 'digits' } as const;
    const choice = { source, rows: 150, bootstrap: 'a seed' };
    for (const [dataSource, expected] of [
      [source, { source, rows: null, bootstrap: null }],
      [choice, choice],
    ] as const) {
      const { folder } = await model().fit(x, labels, { folder: freshPath(), dataSource });
      expect((await openRun(folder as string)).manifest.data.choice).toEqual(expected);
    }
  });
});

describe('a full disk', () => {
  it.skipIf(process.platform === 'win32')('is a typed error, and the run goes on where there is room', async () => {
    const folder = freshPath();
    const program = join(import.meta.dirname, 'full-disk.cjs');
    // Blocks of 512 or 1,024 bytes: less than the trace of 200 epochs.
    const command = `ulimit -f 40; exec "$0" "$1" "$2"`;
    const output = execFileSync('sh', ['-c', command, process.execPath, program, folder], { encoding: 'utf8' });
    expect(output).toBe('ERR_SAMEBITS_FILE EFBIG');
    expect((await openRun(folder)).manifest.status).toBe('failed');
    (await modelFromRun(folder)).dispose();
  });
});

describe('an error', () => {
  it('of a callback leaves a run that goes on', async () => {
    const whole = freshPath();
    await model().fit(x, labels, { ...FIT, folder: whole });
    const folder = freshPath();
    const thrown = new Error('from the callback');
    const onEpochEnd = (epoch: number) => {
      if (epoch === 1) throw thrown;
    };
    await expect(model().fit(x, labels, { ...FIT, folder, callbacks: { onEpochEnd } })).rejects.toBe(thrown);
    expect((await openRun(folder)).manifest.status).toBe('failed');
    await resume(folder, x, labels);
    expect(contents(folder)).toEqual(contents(whole));
  });

  it('of a state that is no JSON is typed', async () => {
    const loop: unknown[] = [];
    loop.push(loop);
    const fitting = model().fit(x, labels, { folder: freshPath(), callbacks: { getState: () => loop as never } });
    await expect(fitting).rejects.toMatchObject(ARGUMENT);
  });

  it('of weights that are not finite comes again; where they are trained on with, bits stay the same', async () => {
    const diverging = () => {
      const built = sequential({ layers: [dense({ units: 4, inputShape: [12] }), dense({ units: 1 })], seed: 2 });
      built.compile({ optimizer: sgd({ learningRate: 40 }), loss: 'meanSquaredError' });
      return built;
    };
    const y = Float32Array.from({ length: 150 }, (_, i) => i);
    const options = { ...FIT, epochs: 8, trace: 'step' } as const;
    const folder = freshPath();
    const first = await diverging()
      .fit(x, y, { ...options, folder })
      .catch((error) => error);
    expect(first).toMatchObject({ code: 'ERR_SAMEBITS_NON_FINITE' });
    const { code, step, tensor } = await resume(folder, x, y).catch((error) => error);
    expect({ code, step, tensor }).toEqual({ code: first.code, step: first.step, tensor: first.tensor });

    const continued = { ...options, onNonFinite: 'continue', checkpointEvery: 3 } as const;
    const whole = await diverging().fit(x, y, { ...continued, folder: freshPath() });
    expect(whole.nonFinite).toMatchObject({ step: first.step });
    for (const stop of [first.step + 1, 30]) {
      const path = freshPath();
      await expect(
        diverging().fit(x, y, { ...continued, folder: path, ...new Witness(stop).stopping }),
      ).rejects.toBeDefined();
      const { run } = await resume(path, x, y);
      expect(run.fingerprint).toBe(whole.fingerprint);
      expect(run.nonFinite).toEqual(whole.nonFinite);
      expect(contents(path)).toEqual(contents(whole.folder as string));
    }
  });
});

describe('resume', () => {
  it('wants the data of the run', async () => {
    const folder = await stoppedRun({ validationData: [x, labels] });
    const before = contents(folder);
    const changed = x.slice();
    changed[7] += 1e-6;
    const other = Uint8Array.from(labels, (label, row) => (row === 3 ? (label + 1) % 3 : label));
    const validationData = [x, labels] as const;
    await expect(resume(folder, changed, labels, { validationData })).rejects.toMatchObject(DATA);
    await expect(resume(folder, x, other, { validationData })).rejects.toMatchObject(DATA);
    await expect(resume(folder, x, labels)).rejects.toMatchObject(DATA);
    await expect(resume(folder, x, labels, { validationData: [changed, labels] })).rejects.toMatchObject(DATA);
    await expect(resume(await stoppedRun(), x, labels, { validationData })).rejects.toMatchObject(DATA);
    expect(contents(folder)).toEqual(before);
  });

  it('wants somebody to take the state that callbacks kept', async () => {
    const folder = await stoppedRun(new Witness(6).watching);
    await expect(resume(folder, x, labels)).rejects.toMatchObject(ARGUMENT);
    const { setState: _, ...forgetful } = new Witness().watching.callbacks as { setState?: unknown };
    await expect(resume(folder, x, labels, { callbacks: forgetful })).rejects.toMatchObject(ARGUMENT);
    await resume(folder, x, labels, new Witness().watching);
  });

  it('checks its options, and gives an aborted signal its reason', async () => {
    const folder = await stoppedRun();
    await expect(resume(folder, x, labels, { epochs: 3 } as object)).rejects.toMatchObject(ARGUMENT);
    await expect(resume(folder, x, labels, { threads: 0 })).rejects.toMatchObject(ARGUMENT);
    await expect(resume(folder, x, labels, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    await expect(resume(freshPath(), x, labels)).rejects.toMatchObject(FILE);
    const notDeterministic = resume(await stoppedRun({ reduction: 'free' }), x, labels, { deterministic: true });
    await expect(notDeterministic).rejects.toMatchObject({ code: 'ERR_SAMEBITS_NOT_DETERMINISTIC' });
  });

  it('leaves runs of other contracts to the version that knows them', async () => {
    const folder = await stoppedRun();
    const path = join(folder, 'manifest.json');
    const later = readFileSync(path, 'utf8')
      .replace('"contract": 1', '"contract": 2')
      .replace('"version": "', '"version": "9.');
    writeFileSync(path, reseal(Buffer.from(later), '{\n  "sha256": "'.length));
    expect((await openRun(folder)).manifest.contract).toBe(2);
    await expect(resume(folder, x, labels)).rejects.toThrow(/contract 1 but received one of 2: samebits 9\./);
  });

  it('takes an older checkpoint where the newest is damaged, and says so where all are', async () => {
    const whole = freshPath();
    await model().fit(x, labels, { ...FIT, folder: whole });
    const folder = await stoppedRun();
    const checkpoints = join(folder, 'checkpoints');
    expect(readdirSync(checkpoints).sort()).toEqual(['4.safetensors', '6.safetensors']);
    const damage = (name: string) => {
      const bytes = readFileSync(join(checkpoints, name));
      bytes[bytes.length - 100] ^= 1;
      writeFileSync(join(checkpoints, name), bytes);
    };
    damage('6.safetensors');
    expect((await (await openRun(folder)).lastCheckpoint())?.step).toBe(4);
    damage('4.safetensors');
    await expect(resume(folder, x, labels)).rejects.toMatchObject(FILE);
    damage('4.safetensors');
    await resume(folder, x, labels);
    expect(contents(folder)).toEqual(contents(whole));
  });

  it('begins anew where no checkpoint was made yet', async () => {
    const whole = freshPath();
    await model().fit(x, labels, { ...FIT, folder: whole });
    const folder = await stoppedRun();
    rmSync(join(folder, 'checkpoints'), { recursive: true });
    await resume(folder, x, labels);
    expect(contents(folder)).toEqual(contents(whole));
  });
});

describe('a folder from elsewhere', () => {
  it('is not left by links', async () => {
    const secret = await stoppedRun();
    const before = contents(secret);
    for (const name of ['manifest.json', 'metrics.jsonl', 'trace.jsonl', 'checkpoints']) {
      const folder = await stoppedRun();
      rmSync(join(folder, name), { recursive: true });
      symlinkSync(join(secret, name), join(folder, name));
      await expect(resume(folder, x, labels), name).rejects.toMatchObject(FILE);
    }
    const folder = await stoppedRun();
    const name = join('checkpoints', '6.safetensors');
    rmSync(join(folder, name));
    symlinkSync(join(secret, name), join(folder, name));
    await expect((await openRun(folder)).checkpoint(6)).rejects.toMatchObject(FILE);
    expect((await (await openRun(folder)).lastCheckpoint())?.step).toBe(4);
    await resume(folder, x, labels);
    expect(contents(secret)).toEqual(before);
  });

  it('is not written through links', async () => {
    const outside = freshPath();
    writeFileSync(outside, 'precious');
    const folder = await stoppedRun();
    symlinkSync(outside, join(folder, `.manifest.json.${process.pid}.partial`));
    symlinkSync(outside, join(folder, `.weights.safetensors.${process.pid}.partial`));
    symlinkSync(outside, join(folder, 'checkpoints', `.8.safetensors.${process.pid}.partial`));
    await resume(folder, x, labels);
    expect(readFileSync(outside, 'utf8')).toBe('precious');
    expect(existsSync(join(folder, `.weights.safetensors.${process.pid}.partial`))).toBe(false);
  });

  it('has the files of its own run', async () => {
    const one = (await model().fit(x, labels, { ...FIT, folder: freshPath() })).folder as string;
    const other = (await model(undefined, { seed: 12 }).fit(x, labels, { ...FIT, folder: freshPath() }))
      .folder as string;
    for (const name of ['weights.safetensors', 'metrics.jsonl', 'trace.jsonl'])
      copyFileSync(join(other, name), join(one, name));
    const run = await openRun(one);
    await expect(run.weights()).rejects.toMatchObject(FILE);
    await expect(run.metrics()).rejects.toMatchObject(FILE);
    const read = async () => {
      for await (const _ of (await run.trace())?.entries ?? []);
    };
    await expect(read()).rejects.toMatchObject(FILE);
    await expect(openRun(3 as never)).rejects.toMatchObject(ARGUMENT);
  });
});
