/** How far a checkpoint says that its run is, in counters and within the epoch. */
import type { Checkpoint, EpochPosition } from '../../runs/checkpoint.js';
import { countersForJson } from '../../runs/counters.js';
import { differs } from './difference.js';
import type { VerifyDifference } from './report.js';

type Counted = Pick<Checkpoint, 'counters' | 'epoch'>;

export function compareCounters(step: number, file: string, claimed: Counted, made: Counted): VerifyDifference | null {
  const [found, computed] = [claimed, made].map(({ counters, epoch }) =>
    JSON.stringify({ counters: countersForJson(counters), epoch: withBits(epoch) }),
  );
  if (found === computed) return null;
  return differs({ step, file, name: 'counters', found, computed, problem: 'the counters are others' });
}

function withBits({ lossSums, ...epoch }: EpochPosition) {
  // At an epoch's start nothing has been summed, and the leaf says nothing.
  if (epoch.position === 0) return { position: 0 };
  return { ...epoch, lossSums: [...new Uint32Array(lossSums.buffer, lossSums.byteOffset, lossSums.length)] };
}
