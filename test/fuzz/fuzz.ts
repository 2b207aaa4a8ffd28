/** Reading damaged files, many of them: what each may come to, and what none may do. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SamebitsError, type SamebitsErrorCode } from 'samebits';
import { afterAll, expect } from 'vitest';
import { Dice } from './mutations.js';

/** Damaged files of each format. `npm run fuzz` has 100,000. */
export const FILES = Number(process.env.SAMEBITS_FUZZ_FILES ?? 600);
/** Another seed, other files. */
export const SEED = Number(process.env.SAMEBITS_FUZZ_SEED ?? 1);
/** Far beyond what it takes. */
export const TIMEOUT = { timeout: 60_000 + 200 * FILES };

/** Files that are read at a time: while the system opens one, another is made. */
const LANES = 4;

/** In memory where the system has a folder for that: a disk would be all that is waited for. */
const scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'samebits-fuzz-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let folders = 0;

/** A new, empty folder. */
export function freshFolder(): string {
  folders += 1;
  const path = join(scratch, String(folders));
  mkdirSync(path);
  return path;
}

/** One damaged file. */
export interface Case {
  /** Which, from 0. */
  readonly index: number;
  /** Decides its damage. */
  readonly dice: Dice;
  /** Empty at first; no other file is read in it at the same time. */
  readonly folder: string;
  /** Names it: file and seed. */
  readonly what: string;
}

/** How many of the files were read, and how many were refused. */
export interface Outcomes {
  readonly read: number;
  readonly refused: number;
}

/** What is done around all files. */
export interface Around {
  /** Fills a folder, before its first file. */
  readonly prepare?: (folder: string) => void;
  /** Closes what `read` left open. */
  readonly finish?: () => Promise<void>;
}

/**
 * Calls `read` for each file.
 *
 * @param read Gives what was read, or null for a file that was refused (see {@link gently}); throws for what must not be.
 */
export async function fuzz(
  name: string,
  files: number,
  read: (file: Case) => Promise<unknown> | unknown,
  { prepare, finish }: Around = {},
): Promise<Outcomes> {
  const outcomes = { read: 0, refused: 0 };
  const lanes = Array.from({ length: LANES }, async (_, lane) => {
    const folder = freshFolder();
    prepare?.(folder);
    for (let index = lane; index < files; index += LANES) {
      const dice = new Dice(SEED * 1_000_003 + index);
      const found = await read({ index, dice, folder, what: `${name} ${index} of seed ${SEED}` });
      outcomes[found === null ? 'refused' : 'read'] += 1;
    }
    rmSync(folder, { recursive: true });
  });
  await Promise.all(lanes);
  await finish?.();
  expect(outcomes.read + outcomes.refused).toBe(files);
  // A stream that was given up is closed a moment later.
  for (let waited = 0; openFiles() > 0 && waited < 100; waited += 1) await sleep(20);
  expect(openFiles()).toBe(0);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  return outcomes;
}

/** Damaged files that this process has open, where the system tells. */
function openFiles(): number {
  if (!existsSync('/proc/self/fd')) return 0;
  const targets = readdirSync('/proc/self/fd').map((file) => {
    try {
      return readlinkSync(`/proc/self/fd/${file}`);
    } catch {
      // The one of this list is closed again.
      return '';
    }
  });
  return targets.filter((target) => target.startsWith(scratch)).length;
}

/** What `read` gives, or null where it fails as it should: with a typed error of one of these codes, and nothing else. */
export async function gently<T>(
  what: string,
  read: () => Promise<T> | T,
  codes: readonly SamebitsErrorCode[] = ['ERR_SAMEBITS_FILE'],
): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof SamebitsError) || !codes.includes(error.code)) throw new Error(what, { cause: error });
    // One line: it may be shown in a terminal.
    if (/[\n\r]/.test(error.message)) throw new Error(`${what}: a message of several lines`, { cause: error });
    return null;
  }
}

/** What decides which share of a format's files comes as it is, and which with its seals made right again. */
export const UNSEALED = Math.ceil(FILES / 4);
export const SEALED = FILES - UNSEALED;
