import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const inRoot = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// Tests import what was built, as users do: the public API by the package's name, internals from dist/.
const shared = {
  resolve: {
    alias: [
      { find: /^samebits$/, replacement: inRoot('dist/index.js') },
      { find: /^samebits\/(\w+)$/, replacement: inRoot('dist/$1.js') },
    ],
  },
};

export default defineConfig({
  test: {
    // Trainings use the machine's cores themselves.
    maxWorkers: 2,
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          // Far beyond what any test takes: a busy machine is not a failure.
          testTimeout: 120_000,
          hookTimeout: 120_000,
          include: ['test/**/*.test.ts'],
          exclude: ['test/package/**', 'test/gyp/**'],
          server: { deps: { external: [/\/dist\//] } },
        },
      },
      { ...shared, test: { name: 'gyp', include: ['test/gyp/**/*.test.ts'], testTimeout: 120_000 } },
      { ...shared, test: { name: 'package', include: ['test/package/**/*.test.ts'], testTimeout: 600_000 } },
    ],
  },
});
