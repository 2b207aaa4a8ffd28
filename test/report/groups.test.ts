import { describe, expect, it } from 'vitest';
import { groupRuns, median, priceOfFixedOrder, speedUp } from '../../dist/report/groups.js';
import { makeRun, type RunPlan } from './fixtures/documents.js';

const timed = (plan: RunPlan, seconds: number) => makeRun({ ...plan, changes: { seconds } });

describe('groups of runs', () => {
  it('take the middle of their times', () => {
    expect([median([3]), median([4, 1]), median([9, 1, 5]), median([])]).toEqual([3, 2.5, 5, Number.NaN]);
  });

  it('give speed-up against the fewest threads of the same order and instruction set', () => {
    const groups = groupRuns([
      timed({ threads: 2, reduction: 'free' }, 6),
      timed({ threads: 4, reduction: 'fixed' }, 3),
      timed({ threads: 1, reduction: 'fixed' }, 11),
      timed({ threads: 1, reduction: 'fixed', repeat: 2 }, 13),
      timed({ threads: 4, reduction: 'fixed', isa: 'scalar' }, 30),
    ]);
    const rows = groups.map((group) => [group.reduction, group.isa, group.threads, speedUp(group, groups)]);
    expect(rows).toEqual([
      ['fixed', 'avx2', 1, 1],
      ['fixed', 'avx2', 4, 4],
      ['fixed', 'scalar', 4, 1],
      ['free', 'avx2', 2, 1],
    ]);
  });

  it('price fixed order by medians, where both orders ran', () => {
    const runs = [
      timed({ threads: 2, reduction: 'fixed' }, 10),
      timed({ threads: 2, reduction: 'fixed', repeat: 2 }, 12),
      timed({ threads: 2, reduction: 'free' }, 10),
      timed({ threads: 1, reduction: 'fixed' }, 20),
    ];
    expect(priceOfFixedOrder(runs)).toEqual([{ threads: 2, ratio: 1.1 }]);
  });

  it('never price one instruction set by another', () => {
    const runs = [
      timed({ threads: 1, reduction: 'fixed', isa: 'avx2' }, 10),
      timed({ threads: 1, reduction: 'free', isa: 'scalar' }, 100),
    ];
    expect(priceOfFixedOrder(runs)).toEqual([]);
  });
});
