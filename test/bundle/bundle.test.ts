/** Programs that bundlers make, with this package's JavaScript inside: they find the addon, the data and the workers. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { build as rolldown } from 'rolldown';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(__dirname, '..', '..');
mkdirSync(join(root, 'build'), { recursive: true });
// Inside the package's folder, so that the program can import 'samebits', as one beside node_modules can.
const place = mkdtempSync(join(root, 'build', 'bundle-'));
afterAll(() => rmSync(place, { recursive: true, force: true }));

const entry = join(place, 'program.ts');
writeFileSync(
  entry,
  `import { compareRuns, dense, digits, rescaling, sequential } from 'samebits';
async function main(): Promise<void> {
  const data = await digits();
  const { train } = data;
  const layers = [rescaling({ scale: 1 / 16 }), dense({ units: 10, activation: 'softmax' })];
  const model = sequential({ layers, seed: 42 });
  model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' });
  const run = await model.fit(train.x, train.labels, { epochs: 1, threads: 2 });
  const { runs } = await compareRuns(run.recipe, [{ threads: 1 }, { threads: 2 }], { data });
  console.log([run, ...runs].map(({ fingerprint }) => fingerprint).join(' '));
}
main();
`,
);

const run = (file: string): string[] =>
  execFileSync(process.execPath, [file], { encoding: 'utf8', cwd: place }).trim().split(' ');

/** What a bundle leaves outside: .node files, piscina, which finds the program of its workers beside itself, and vitest. */
const external = ['*.node', 'piscina', 'vitest'];

describe.each(['cjs', 'esm'] as const)('a bundle in the format %s', (format) => {
  const ending = format === 'cjs' ? 'cjs' : 'mjs';
  // Bundled CommonJS calls require, which ES modules have not.
  const banner = "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);";

  it('by esbuild trains, in worker threads too', async () => {
    const outfile = join(place, `esbuild.${ending}`);
    await esbuild({
      entryPoints: [entry],
      bundle: true,
      platform: 'node',
      format,
      outfile,
      external,
      logLevel: 'error',
      ...(format === 'esm' ? { banner: { js: banner } } : {}),
    });
    const fingerprints = run(outfile);
    expect(fingerprints).toHaveLength(3);
    expect(new Set(fingerprints).size).toBe(1);
  });

  it('by rolldown does too', async () => {
    const file = join(place, `rolldown.${ending}`);
    await rolldown({
      input: entry,
      platform: 'node',
      external: [/\.node$/, 'piscina', 'vitest'],
      output: { format, file },
      logLevel: 'silent',
    });
    expect(new Set(run(file)).size).toBe(1);
  });
});
