/** Runs the command as users do: as a process of its own. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly cwd: string;
  /**
   * A module of this folder that is loaded first: `terminal.cjs` makes standard error look like a terminal of 80 columns,
   * `fault.cjs` makes the last run differ.
   */
  readonly preload?: 'terminal.cjs' | 'fault.cjs';
  /** Interrupt the command as soon as standard error has this text. */
  readonly interruptAt?: string;
  /** Variables beside the inherited ones. */
  readonly env?: Readonly<Record<string, string>>;
}

export function samebits(words: readonly string[], options: CommandOptions): Promise<Ended> {
  const { cwd, preload, interruptAt } = options;
  const first = preload === undefined ? [] : ['--require', fileURLToPath(new URL(preload, import.meta.url))];
  // Settings of the machine that runs the tests must not reach them.
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('SAMEBITS_'));
  const env = { ...Object.fromEntries(inherited), ...options.env };
  const child = spawn(process.execPath, [...first, MAIN, ...words], { cwd, env });
  let stdout = '';
  let stderr = '';
  let interrupted = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (interruptAt === undefined || interrupted || !stderr.includes(interruptAt)) return;
    interrupted = true;
    child.kill('SIGINT');
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}
