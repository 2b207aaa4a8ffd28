// npm run test:arm64: the golden files on arm64, NEON and scalar, and the plain executables over kernels and engine (they
// set flush-to-zero and rounding modes, which JavaScript can't). Cross-compiles with Debian's g++-aarch64-linux-gnu and runs
// the addon in an arm64 Node under qemu-user. Takes minutes: each instruction is emulated.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { buildTypeScript, root } from './build.mjs';
import { compileGoldenProgram } from './golden-program.mjs';
import { nodeBinary } from './node-binary.mjs';
import { buildVariant, findProgram, symbolsAreWell, versionOf } from './variants.mjs';

/** The line whose arm64 build runs under Debian 12's qemu. */
const NODE = 22;
const TOOL_PREFIX = 'aarch64-linux-gnu-';
const EMULATOR = ['qemu-aarch64', '-L', '/usr/aarch64-linux-gnu'];
const NEEDED = { [`${TOOL_PREFIX}g++`]: 'g++-aarch64-linux-gnu libc6-dev-arm64-cross', [EMULATOR[0]]: 'qemu-user' };

const missing = Object.keys(NEEDED).filter((program) => findProgram(program) === null);
if (missing.length > 0) {
  const packages = missing.map((program) => NEEDED[program]).join(' ');
  process.stderr.write(
    `NOT TESTED ON ARM64: ${missing.join(' and ')} not found; on Debian: apt-get install ${packages}\n`,
  );
  process.exit(process.env.CI ? 1 : 3);
}

buildTypeScript();
const compiler = findProgram(`${TOOL_PREFIX}g++`);
const folder = buildVariant('arm64', {
  CMAKE_SYSTEM_NAME: 'Linux',
  CMAKE_SYSTEM_PROCESSOR: 'aarch64',
  CMAKE_CXX_COMPILER: compiler,
});
if (!symbolsAreWell(folder, 'arm64', TOOL_PREFIX)) process.exit(1);
process.stdout.write(`${versionOf(compiler)}, ${EMULATOR[0]}\n`);
const [emulator, ...options] = EMULATOR;
const program = [nodeBinary('linux-arm64', NODE), compileGoldenProgram()];
// Side by side: the first has one thread, and the second begins with compiling.
const statuses = await Promise.all([
  statusOf(emulator, [...options, ...program, join(folder, 'Release', 'samebits.node'), 'scalar', 'neon'], process.env),
  statusOf(process.execPath, [join(root, 'scripts', 'test-native.mjs'), `--runner=${EMULATOR.join(' ')}`], {
    ...process.env,
    CXX: compiler,
  }),
]);
process.exit(statuses.every((status) => status === 0) ? 0 : 1);

async function statusOf(command, args, env) {
  const [status] = await once(spawn(command, args, { stdio: 'inherit', env }), 'close');
  return status;
}
