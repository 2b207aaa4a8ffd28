// npm run check:format: C++ is laid out as .clang-format says (TypeScript: check:lint). With --write, lays it out.
import { spawnSync } from 'node:child_process';
import { root } from './build.mjs';
import { conclude, repositoryFiles, requireProgram } from './findings.mjs';

const files = repositoryFiles('.cc', '.h').filter((file) => file.startsWith('native/') || file.startsWith('test/'));
if (files.length > 0 && requireProgram('clang-format', 'the layout of C++')) {
  const mode = process.argv.includes('--write') ? ['-i'] : ['--dry-run', '-Werror'];
  const { stderr } = spawnSync('clang-format', [...mode, ...files], { cwd: root, encoding: 'utf8' });
  // A finding is a line "file:line:column: error: …", followed by the source line and a mark.
  conclude(
    `layout of ${files.length} C++ files`,
    stderr.split('\n').filter((line) => / error: /.test(line)),
  );
}
