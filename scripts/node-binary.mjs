// Nodes of other versions and architectures, from the npm packages node-<platform>-<architecture>: each is a plain package
// with a binary inside. They are unpacked into build/nodes and stay there; nobody's dependencies grow. `npm install` would
// refuse the architecture, so that `npm pack` fetches.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';

/** Path of a Node binary, e.g. of ('linux-arm64', 22): the newest release of that line. */
export function nodeBinary(platform, major) {
  const folder = join(root, 'build', 'nodes', `${platform}-${major}`);
  const binary = join(folder, 'package', 'bin', 'node');
  if (existsSync(binary)) return binary;
  mkdirSync(folder, { recursive: true });
  const packed = execFileSync('npm', ['pack', '--json', `--pack-destination=${folder}`, `node-${platform}@${major}`], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const archive = join(folder, JSON.parse(packed)[0].filename);
  execFileSync('tar', ['-xzf', archive, '-C', folder, 'package/bin/node']);
  rmSync(archive);
  return binary;
}
