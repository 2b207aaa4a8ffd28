/** A small regression for networks with layers beside the dense ones, and what holds of training each of them. */
import { modelFromSafetensors, type Sequential } from 'samebits';
import { expect } from 'vitest';

export const INPUTS = 3;
/** 40 rows. */
export const x = Array.from({ length: 40 }, (_, row) =>
  Array.from({ length: INPUTS }, (__, k) => ((row * 7 + k * 5) % 11) / 3),
);
export const y = x.map(([first, second]) => [first - second]);

const FIT = { epochs: 2, batchSize: 16, batchLeaf: 4 } as const;

/**
 * Any number of threads, both plans and micro-batches of these sizes (undefined: whole batches) give the same bits;
 * free order gives others, and a replay of it the same ones again.
 */
export async function expectSameBits(
  model: () => Sequential,
  microBatchSizes: readonly (number | undefined)[],
): Promise<void> {
  const prints = new Set<string>();
  for (const threads of [1, 2, 3, 7]) {
    for (const plan of ['stored', 'fused'] as const) {
      for (const microBatchSize of microBatchSizes) {
        const made = model();
        await made.fit(x, y, { ...FIT, threads, plan, microBatchSize });
        prints.add(made.fingerprint('state'));
      }
    }
  }
  expect(prints.size).toBe(1);
  const free = model();
  const { recording } = await free.fit(x, y, { ...FIT, threads: 3, reduction: 'free', record: true });
  const replayed = model();
  const replay = recording as NonNullable<typeof recording>;
  await replayed.fit(x, y, { ...FIT, threads: 2, reduction: 'free', replay });
  expect(replayed.fingerprint('state')).toBe(free.fingerprint('state'));
  expect(prints).not.toContain(free.fingerprint('state'));
}

/** A model that is saved and loaded is the same, and trains on to the same bits. */
export async function expectToGoOn(made: Sequential): Promise<void> {
  const loaded = modelFromSafetensors(made.toSafetensors());
  expect(loaded.fingerprint('state')).toBe(made.fingerprint('state'));
  await made.fit(x, y, { batchSize: 16 });
  await loaded.fit(x, y, { batchSize: 16 });
  expect(loaded.fingerprint('state')).toBe(made.fingerprint('state'));
}
