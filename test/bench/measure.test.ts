import { describe, expect, it } from 'vitest';
import { type Contestant, measureByTurns } from '../../dist/bench/measure.js';

/** A contestant whose samples are known, and who notes when it is asked. */
function contestant(name: string, values: readonly number[], log: string[] = []): Contestant {
  let at = 0;
  return {
    isa: 'scalar',
    threads: 1,
    sample: async () => {
      log.push(name);
      at += 1;
      return values[(at - 1) % values.length];
    },
  };
}

/** A machine that is disturbed at some looks, counted from 1. */
const looks = (disturbed: (look: number) => boolean) => {
  let look = 0;
  return {
    isUndisturbed: async () => {
      look += 1;
      return !disturbed(look);
    },
  };
};

describe('measuring by turns', () => {
  it('lets contestants take turns until each has its samples', async () => {
    const log: string[] = [];
    const [a, b] = await measureByTurns([contestant('a', [1, 3], log), contestant('b', [2, 4], log)], {
      samples: 2,
      calibration: null,
    });
    expect(log).toEqual(['a', 'b', 'a', 'b']);
    expect(a.summary).toEqual({ medianSeconds: 2, spread: 0.5, samples: 2, discarded: 0, undisturbed: true });
    expect(b.over(a)).toBe((2 / 1 + 4 / 3) / 2);
  });

  it('discards a sample with a disturbed look before or after it, counts it, and takes another', async () => {
    // Looks 1, 2 | 3 | 4 | 5 …: look 3 is after the second sample and before the third.
    const [only] = await measureByTurns([contestant('a', [1, 50, 60, 1, 1])], {
      samples: 3,
      calibration: looks((look) => look === 3),
    });
    expect(only.summary).toEqual({ medianSeconds: 1, spread: 0, samples: 3, discarded: 2, undisturbed: true });
  });

  it('gives up after twice the rounds, uses everything, and says so', async () => {
    const log: string[] = [];
    const [only] = await measureByTurns([contestant('a', [2], log)], { samples: 3, calibration: looks(() => true) });
    expect(log).toHaveLength(6);
    expect(only.summary).toEqual({ medianSeconds: 2, spread: 0, samples: 6, discarded: 0, undisturbed: false });
  });

  it('compares only rounds that count for both', async () => {
    // The look after the first sample of the first round: it spoils that sample and the neighbor's.
    const [a, b] = await measureByTurns([contestant('a', [100, 2]), contestant('b', [1, 1])], {
      samples: 1,
      calibration: looks((look) => look === 2),
    });
    expect(a.over(b)).toBe(2);
  });

  it('ends with the reason of an abort', async () => {
    const controller = new AbortController();
    const stopping: Contestant = {
      ...contestant('a', [1]),
      sample: async () => {
        controller.abort(new Error('enough'));
        return 1;
      },
    };
    await expect(
      measureByTurns([stopping], { samples: 2, calibration: null, signal: controller.signal }),
    ).rejects.toThrow('enough');
  });
});
