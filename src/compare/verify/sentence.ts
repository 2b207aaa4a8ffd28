/** What came of a verification, in plain sentences. */
import { formatCount, shortFingerprint } from '../../format.js';
import type { VerifyDifference, VerifyReport } from './report.js';

export function verifySentence(facts: Omit<VerifyReport, 'sentence'>): string {
  const { verdict, difference, missing, skipped } = facts;
  const sentences = [
    verdict === 'verified'
      ? verifiedText(facts)
      : difference === null
        ? `Cannot tell; missing: ${missing}.`
        : differenceText(difference),
    ...skipped.map((what) => `Not compared: ${what}.`),
  ];
  return sentences.join(' ');
}

function verifiedText({
  steps,
  stretches,
  seed,
  compared,
  fingerprint,
  status,
}: Omit<VerifyReport, 'sentence'>): string {
  const marks = compared.marks === 0 ? [] : [count(compared.marks, 'point of the trace', 'points of the trace')];
  const files = compared.checkpoints === 0 ? [] : [count(compared.checkpoints, 'checkpoint', 'checkpoints')];
  const epochs = compared.epochs === 0 ? [] : [`the metrics of ${count(compared.epochs, 'epoch', 'epochs')}`];
  const weights = compared.weights ? ['the final weights'] : [];
  const what = [...marks, ...files, ...epochs, ...weights].join(', ');
  const sampled = `${stretches.length === 1 ? '1 stretch' : `${stretches.length} stretches`} of ${formatCount(steps)} steps, drawn by seed ${seed}`;
  const begin =
    seed === null
      ? `Verified: ${formatCount(steps)} steps`
      : `Verified ${sampled}: ${formatCount(compared.steps)} steps`;
  const bits = seed !== null || fingerprint === null ? '' : ` Fingerprint ${shortFingerprint(fingerprint)}.`;
  const open = status === 'complete' ? '' : ` The run is not complete (${status}).`;
  return `${begin} computed again, equal to the last bit: ${what || 'nothing that was kept'}.${bits}${open}`;
}

function differenceText({
  step,
  file,
  problem,
  bit,
  found,
  foundHex,
  computed,
  computedHex,
}: VerifyDifference): string {
  const hex = (bits: string | null): string => (bits === null ? '' : ` (${bits})`);
  const flipped = bit === null ? '' : `, bit ${bit} is flipped`;
  const values =
    found === null ? '' : `: ${short(found)}${hex(foundHex)} instead of ${short(computed)}${hex(computedHex)}`;
  const when = step === 0 ? '' : `at step ${formatCount(step)}, `;
  return `It differs ${when}in ${file}: ${problem}${flipped}${values}.`;
}

function short(value: number | string | null): string {
  return typeof value === 'string' && value.length > 40 ? `${value.slice(0, 39)}…` : String(value);
}

function count(number: number, one: string, many: string): string {
  return `${formatCount(number)} ${number === 1 ? one : many}`;
}
