/** What a benchmark comes to, in plain English. */
import type { BenchDocument } from '../bench/document.js';
import { casesThatDiffer } from '../bench/results.js';
import { median } from '../bench/statistics.js';
import { formatCount, formatList, formatRatio } from './format.js';
import { distinct } from './groups.js';

/** The parts of a document that its sentence is made of. */
export type BenchFacts = Pick<BenchDocument, 'cases' | 'price' | 'crowding' | 'marking'>;

function bitsStatement(facts: BenchFacts): string[] {
  const trained = facts.cases.filter(({ fingerprint }) => fingerprint !== null);
  if (trained.length === 0) return [];
  const apart = casesThatDiffer(facts.cases);
  if (apart.length > 0) return [`Fixed order gave different bits in ${formatList(apart)}: that must not be.`];
  const threads = distinct(trained.map((one) => one.threads)).sort((a, b) => a - b);
  const isas = distinct(trained.map((one) => one.isa));
  if (threads.length * isas.length === 1) return [];
  const cases = distinct(trained.map(({ name }) => name)).length;
  const where = `on ${formatList(threads)} threads${isas.length > 1 ? ` and on ${formatList(isas)}` : ''}`;
  return [`Fixed order ended with the same bits ${where}${cases > 1 ? ` in all ${cases} training cases` : ''}.`];
}

function priceStatement({ price }: BenchFacts): string[] {
  if (price.length === 0) return [];
  const chain = `${formatRatio(median(price.map((one) => one.fixedOverChain)))} times the time of one chain per output`;
  const free = price.flatMap(({ fixedOverFree }) => (fixedOverFree === null ? [] : [fixedOverFree]));
  const rest = free.length === 0 ? '' : ` and ${formatRatio(median(free))} times that of free order`;
  return [`It takes ${chain}${rest}, at the median of ${price.length} comparison${price.length === 1 ? '' : 's'}.`];
}

function crowdingStatement({ crowding }: BenchFacts): string[] {
  if (crowding.length === 0) return [];
  const worst = crowding.reduce((most, one) => (one.ratio > most.ratio ? one : most));
  const right = `${worst.cores} core${worst.cores === 1 ? '' : 's'}`;
  return [`${worst.threads} threads on ${right} take ${formatRatio(worst.ratio)} times as long as ${worst.cores}.`];
}

function markingStatement({ marking }: BenchFacts): string[] {
  if (marking.length === 0) return [];
  const worst = Math.max(...marking.map(({ ratio }) => ratio));
  const most = marking.length === 1 ? '' : 'at most ';
  return [`With marks of all weights a step takes ${most}${formatRatio(worst)} times as long.`];
}

/** The statements, one sentence each. */
export function benchStatements(facts: BenchFacts): string[] {
  const discarded = facts.cases.reduce((sum, one) => sum + one.discarded, 0);
  const all = facts.cases.reduce((sum, one) => sum + one.samples, discarded);
  const noisy = facts.cases.filter(({ undisturbed }) => !undisturbed).length;
  return [
    ...bitsStatement(facts),
    ...priceStatement(facts),
    ...crowdingStatement(facts),
    ...markingStatement(facts),
    discarded === 0
      ? `None of ${formatCount(all)} samples was disturbed.`
      : `${formatCount(discarded)} of ${formatCount(all)} samples were thrown away: the machine was disturbed around them.`,
    ...(noisy === 0
      ? []
      : [`${noisy} of ${facts.cases.length} lines had too few undisturbed samples (~): don't rely on their numbers.`]),
  ];
}

/** Sums up a benchmark. */
export function summarizeBench(facts: BenchFacts): BenchDocument['summary'] {
  return {
    fixedIdentical: casesThatDiffer(facts.cases).length === 0,
    samples: facts.cases.reduce((sum, one) => sum + one.samples, 0),
    discarded: facts.cases.reduce((sum, one) => sum + one.discarded, 0),
    sentence: benchStatements(facts).join(' '),
  };
}
