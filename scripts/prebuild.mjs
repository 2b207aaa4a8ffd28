// Before npm packs: builds from scratch in dist/ and puts the addon of this machine to prebuilds/. With --remove, after
// packing: takes it away again, since the loader would prefer it to later builds.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { build, prebuiltPath, root } from './build.mjs';

if (process.argv.includes('--remove')) {
  rmSync(join(root, 'prebuilds'), { recursive: true, force: true });
} else {
  // No file of a source that is gone may get into the package.
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const built = build();
  const prebuilt = prebuiltPath();
  mkdirSync(dirname(prebuilt), { recursive: true });
  copyFileSync(built, prebuilt);
  process.stderr.write(`${relative(root, prebuilt)}${process.platform === 'linux' ? describeElf(prebuilt) : ''}\n`);
}

/** Takes the symbols away that nobody can link to, and says which C library the file needs. */
function describeElf(file) {
  try {
    execFileSync('strip', ['--strip-unneeded', file]);
    const needed = execFileSync('objdump', ['-T', file], { encoding: 'utf8' }).matchAll(/GLIBC_(\d+)\.(\d+)/g);
    const [major, minor] = [...needed]
      .map(([, a, b]) => [Number(a), Number(b)])
      .sort((a, b) => b[0] - a[0] || b[1] - a[1])[0];
    return `, needs glibc ${major}.${minor} or newer`;
  } catch {
    return ', with its symbols: strip and objdump (binutils) were not found';
  }
}
