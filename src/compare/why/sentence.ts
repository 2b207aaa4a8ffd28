/** The answer in plain sentences. */
import { isDeepStrictEqual } from 'node:util';
import { formatCount, formatList, shortFingerprint } from '../../format.js';
import { distanceText, operationText } from './operation-text.js';
import { isPlain } from './paths.js';
import type { WhyDamage, WhyFactor, WhyParting, WhyReport, WhySwap } from './report.js';

type Facts = Omit<WhyReport, 'sentence'>;

export function sentenceOf(facts: Facts): string {
  const sentences = [
    ...(facts.parting === null ? equalSentences(facts) : partingSentences(facts)),
    ...idleSentences(facts),
    ...rowSentences(facts),
    ...facts.damage.map(damageSentence),
    ...missingSentences(facts),
  ];
  return sentences.join(' ');
}

function equalSentences({ verdict, runs, equalUpTo, factors, parting, missing }: Facts): string[] {
  const { a, b } = runs;
  if (verdict === 'not explained' && parting === null && missing.length > 0) return [];
  if (verdict !== 'equal') {
    const known = equalUpTo === null || equalUpTo === 0 ? [] : [`They are equal up to step ${formatCount(equalUpTo)}.`];
    return [...known, 'Cannot tell whether they are equal to the end.'];
  }
  if (a.steps === b.steps) {
    const bits = a.fingerprint === null ? '' : `, fingerprint ${shortFingerprint(a.fingerprint)}`;
    return [`They are equal to the last bit: ${steps(a.steps)}${bits}.`];
  }
  const epochs = factors.find(({ name }) => name === 'epochs');
  const why = epochs === undefined ? '' : `: ${epochs.title}, ${levelTexts(epochs.a, epochs.b).join(' and ')}`;
  return [
    `They are equal to the last bit as far as both went, for ${steps(Math.min(a.steps, b.steps))}; ` +
      `A made ${formatCount(a.steps)}, B ${formatCount(b.steps)}${why}.`,
  ];
}

function partingSentences(facts: Facts): string[] {
  const { parting, factors, verdict } = facts;
  if (parting === null) return [];
  const explaining = factors.filter(({ effect }) => effect === 'explains');
  if (verdict !== 'explained' || explaining.length === 0)
    return [`${partingText(parting, facts.equalUpTo)}.`, ...openSentences(facts)];
  const chain = chainOf(facts, explaining);
  const sentences = [`${partingText(parting, facts.equalUpTo)}: ${chain[0].title}.`];
  for (let i = 1; i < chain.length; i += 1) {
    const swap = swapOf(facts, chain[i - 1].name);
    const then = swap?.parting ?? null;
    const held = i === 1 ? `the same ${chain[0].title}` : 'these the same';
    if (then === null || then.operation === null) {
      sentences[0] = `${partingText(parting, facts.equalUpTo)}: ${formatList(chain.map(({ title }) => title))}.`;
      break;
    }
    const where = `at step ${formatCount(then.step)}, in ${operationText(then.operation, then.step)}`;
    sentences.push(`With ${held} they part ${where}: ${chain[i].title}.`);
  }
  return [...sentences, swapSentence(facts, chain)];
}

/** The explaining factors, in the order in which they were found. */
function chainOf({ swaps }: Facts, explaining: readonly WhyFactor[]): WhyFactor[] {
  const last = swaps[swaps.length - 1];
  const order = [...(last?.held ?? []), last?.factor];
  const place = ({ name }: WhyFactor): number => {
    const at = order.indexOf(name);
    return at < 0 ? order.length : at;
  };
  return [...explaining].sort((x, y) => place(x) - place(y));
}

function swapOf({ swaps }: Facts, factor: WhyFactor['name']): WhySwap | undefined {
  return swaps.findLast((swap) => swap.factor === factor);
}

function swapSentence(facts: Facts, chain: readonly WhyFactor[]): string {
  const { through, runs, swaps } = facts;
  const end =
    through === null || through >= Math.min(runs.a.steps, runs.b.steps)
      ? ''
      : ` up to step ${formatCount(through)}, which is as far as this looked`;
  if (chain.length > 1) return `With ${chain.length === 2 ? 'both' : 'all of these'} the same they are equal${end}.`;
  const [{ name, title, a, b }] = chain;
  const given = swaps[0]?.changed === 'b' ? 0 : 1;
  const level = levelTexts(a, b)[given];
  if (name === 'reduction') return `With both in ${level} order they are equal${end}.`;
  if (name === 'arrival') return `With both summed as one recording says they are equal${end}.`;
  if (name === 'data' || name === 'start') return `With ${title} the same they are equal${end}.`;
  return `With the same ${title} (${level}) they are equal${end}.`;
}

/** What is known where the parting is not explained. */
function openSentences(facts: Facts): string[] {
  const { verdict, factors, swaps } = facts;
  const differing = factors.filter(({ effect }) => effect === 'unknown').map(bothLevels);
  const list = differing.length === 0 ? [] : [`They differ in ${formatList(differing)}.`];
  if (verdict === 'cannot tell') {
    // What it would be like, shown without the run that cannot be executed as it was.
    const equal = swaps.find((swap) => swap.equal === true && swap.held.length === 0);
    const factor = factors.find(({ name }) => name === equal?.factor);
    return factor === undefined ? list : [...list, swapSentence(facts, [factor])];
  }
  const tried = swaps.length === 0 ? [] : ['None of that, taken from one run, makes them equal.'];
  return differing.length === 0 ? ['Nothing in their manifests differs.'] : [...list, ...tried];
}

function partingText({ step, epoch, batch, tensor, seenIn, operation }: WhyParting, equalUpTo: number | null): string {
  if (operation === null) {
    const what = tensor === null ? 'their states differ' : `${tensor} differs`;
    return seenIn === 'files' && step === 0
      ? `They part before the first step: ${what}`
      : `They part ${equalUpTo === step - 1 ? 'at' : 'by'} step ${formatCount(step)}, where ${what}`;
  }
  const where = `in ${operationText(operation, step)}${distanceText(operation)}`;
  if (step === 0) return `They part before the first step, ${where}`;
  return `They part at step ${formatCount(step)} (epoch ${formatCount(epoch + 1)}, batch ${formatCount(batch + 1)}), ${where}`;
}

/** Differences that reach no bit. */
function idleSentences({ factors, verdict }: Facts): string[] {
  const idle = factors.filter(({ effect }) => effect === 'none').map(bothLevels);
  if (idle.length === 0) return [];
  const also = verdict === 'explained' ? 'also ' : '';
  return [`They ${also}differ in ${formatList(idle)}, which ${idle.length === 1 ? 'changes' : 'change'} no bit here.`];
}

function rowSentences({ rows }: Facts): string[] {
  if (rows === null) return [];
  const many = rows.rows === 1 ? 'one row' : `${formatCount(rows.rows)} rows`;
  const what =
    rows.a === null
      ? `from row ${formatCount(rows.row)} on`
      : `first row ${formatCount(rows.row)}, ${rows.column === null ? 'its target' : `column ${formatCount(rows.column)}`}: ${rows.a} and ${rows.b}`;
  return [`Their data differ in ${many}, ${what} (counted from 0).`];
}

function damageSentence({ run, file, problem, elements }: WhyDamage): string {
  const name = `The file ${file} of ${run.toUpperCase()}`;
  if (elements === null) return `${name} is damaged: ${problem}.`;
  const { tensor, index, bit, found, foundHex, computed, computedHex, elements: count } = elements;
  const what = bit === null ? `${formatCount(count)} ${count === 1 ? 'element' : 'elements'}, first ` : '';
  const flipped = bit === null ? '' : `, bit ${bit}`;
  return `${name} is not what the run computed: ${what}${tensor}[${index}]${flipped}: ${found} (${foundHex}) instead of ${computed} (${computedHex}).`;
}

function missingSentences({ missing, verdict }: Facts): string[] {
  if (missing.length === 0) return [];
  const begin = verdict === 'not explained' ? 'One of them is not what it should be' : 'To tell more, this is missing';
  return [`${begin}: ${missing.join('; ')}.`];
}

function steps(count: number): string {
  return count === 1 ? '1 step' : `${formatCount(count)} steps`;
}

/** `title (x and y)` */
function bothLevels({ title, a, b }: WhyFactor): string {
  return `${title} (${levelTexts(a, b).join(' and ')})`;
}

const LONGEST_LEVEL = 60;

/** Two levels, short: of objects that agree in part, what differs. */
export function levelTexts(a: unknown, b: unknown): readonly [string, string] {
  if (!isPlain(a) || !isPlain(b)) return [levelText(a), levelText(b)];
  return [levelText(unlike(a, b)), levelText(unlike(b, a))];
}

/** What an object has that another has not. */
function unlike(level: object, other: object): object {
  const others: Readonly<Record<string, unknown>> = { ...other };
  const own = Object.entries(level).filter(([key, value]) => !isDeepStrictEqual(value, others[key]));
  return Object.fromEntries(
    own.map(([key, value]) => [key, isPlain(value) && isPlain(others[key]) ? unlike(value, others[key]) : value]),
  );
}

/** A level, short. */
function levelText(level: unknown): string {
  if (level === null || level === undefined) return 'none';
  const text = typeof level === 'string' ? level : JSON.stringify(level);
  return text.length <= LONGEST_LEVEL ? text : `${text.slice(0, LONGEST_LEVEL - 1)}…`;
}
