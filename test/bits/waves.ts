/** Rows for tests of bits, and what every network has to show on them: the same bits over threads, instruction sets, plans and orders. */
import type { FitOptions, Recording, Sequential } from 'samebits';
import { expect, it } from 'vitest';
import { addon } from '../../dist/native/addon.js';

export const COLUMNS = 23;
export const CLASSES = 5;
const THREADS = [1, 2, 3, 7];
const { available } = addon().instructionSets();

const wave = (count: number, step: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => ((i * step) % 1009) / 1009 - 0.5);

/** Rows [rows, COLUMNS] with a label below CLASSES each. */
export function wavesOf(rows: number) {
  return {
    x: { data: wave(rows * COLUMNS, 613), rows, columns: COLUMNS },
    labels: Uint32Array.from({ length: rows }, (_, i) => (i * 7 + (i >> 3)) % CLASSES),
  };
}

interface Left {
  readonly state: string;
  readonly history: unknown;
}

/** Tests that a model has the same bits however it is trained, and in free order those of its recording. */
export function itHasTheSameBits(model: () => Sequential, { x, labels }: ReturnType<typeof wavesOf>): void {
  const trained = async (options: FitOptions): Promise<Left & { recording: Recording | null }> => {
    const made = model();
    const { history, recording } = await made.fit(x, labels, { epochs: 2, validationData: [x, labels], ...options });
    const state = made.fingerprint('state');
    made.dispose();
    return { state, history, recording };
  };
  const left = ({ state, history }: Left): Left => ({ state, history });

  it.each([7, 40])('in fixed order, batches of %i rows', async (batchSize) => {
    const sizes = { batchSize, batchLeaf: 16 } as const;
    const expected = left(await trained({ ...sizes, threads: 1, isa: available[0], plan: 'stored' }));
    for (const threads of THREADS) {
      for (const isa of available.slice(1)) {
        for (const plan of ['stored', 'fused'] as const) {
          const found = left(await trained({ ...sizes, threads, isa, plan }));
          expect(found, `${threads} threads, ${isa}, ${plan}`).toEqual(expected);
        }
      }
    }
  });

  it('in free order, as recorded', async () => {
    const free = { batchSize: 40, reduction: 'free', freeGrain: 4 } as const;
    const recorded = await trained({ ...free, threads: 3, record: true });
    for (const threads of [1, 2, 7]) {
      for (const isa of available) {
        const plan = threads === 2 ? 'stored' : 'fused';
        const replay = recorded.recording ?? undefined;
        const found = await trained({ ...free, threads, isa, plan, replay });
        expect(left(found), `${threads} threads, ${isa}, ${plan}`).toEqual(left(recorded));
      }
    }
  });
}
