// What the check scripts share: the repository's files, and how findings are told.
import { execFileSync, spawnSync } from 'node:child_process';
import { root } from './build.mjs';

/** Files that belong to the repository (committed or about to be), as paths from its root, with one of these endings. */
export function repositoryFiles(...endings) {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--deduplicate'], {
    cwd: root,
    encoding: 'utf8',
  });
  const deleted = new Set(execFileSync('git', ['ls-files', '--deleted'], { cwd: root, encoding: 'utf8' }).split('\n'));
  return listed.split('\n').filter((file) => endings.some((ending) => file.endsWith(ending)) && !deleted.has(file));
}

/** Prints the findings, one a line, and ends the process: 0 where there are none. */
export function conclude(subject, findings) {
  for (const finding of findings) process.stdout.write(`${finding}\n`);
  process.stdout.write(`${subject}: ${findings.length === 0 ? 'well' : `${findings.length} finding(s)`}\n`);
  process.exit(findings.length === 0 ? 0 : 1);
}

/** Whether a program is here. Where it isn't, says loudly what is left out; in CI that is an error. */
export function requireProgram(name, leftOut) {
  if (spawnSync(name, ['--version']).error === undefined) return true;
  process.stdout.write(`NOT CHECKED: ${leftOut}: ${name} was not found\n`);
  if (process.env.CI) process.exit(1);
  return false;
}
