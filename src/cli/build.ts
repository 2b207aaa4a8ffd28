import { Command } from 'commander';
import { buildAddon } from '../native/build.js';
import { PACKAGE_ROOT } from '../package-root.js';

/** `samebits build`: compiles the addon on this machine, with cmake-js and node-addon-api from the caller's project. */
export function buildCommand(): Command {
  return new Command('build')
    .description('compile the native addon here, where no prebuilt one fits (needs cmake-js and node-addon-api)')
    .action(() => {
      const path = buildAddon({ packageRoot: PACKAGE_ROOT, toolsFrom: process.cwd() });
      process.stdout.write(`built ${path}\n`);
    });
}
