/** What `samebits why` and `samebits verify` found, for the terminal. */
import pico from 'picocolors';
import type { OperationDifference } from '../compare/anatomy/compare.js';
import type { VerifyReport } from '../compare/verify/report.js';
import { extentText, operationText } from '../compare/why/operation-text.js';
import type { WhyFactor, WhyReport, WhyRun, WhySwap } from '../compare/why/report.js';
import { levelTexts } from '../compare/why/sentence.js';
import { formatCount, shortFingerprint } from './format.js';
import { textRoom, wrapAfter } from './lab-text.js';
import type { TableOptions } from './table.js';

/** Operations of a step that are listed; the document has all. */
const MOST_OPERATIONS = 12;

type Colors = ReturnType<typeof pico.createColors>;

/** The answer, and what it rests on; the text ends without a line break. */
export function renderWhyText(report: WhyReport, { color, width }: TableOptions): string {
  const room = textRoom(width);
  const colors = pico.createColors(color);
  const { runs, factors, swaps, through } = report;
  const parts = [
    answer(report.sentence, report.verdict === 'equal' || report.verdict === 'explained', room, colors),
    [runText('A', runs.a, runs.b, room), runText('B', runs.b, runs.a, room)].join('\n'),
    section('What differs', factors.map(factorText), room, colors),
    section(operationsTitle(report), operationLines(report), room, colors),
    section(
      'Swaps',
      swaps.map((swap) => swapText(swap, factors, through)),
      room,
      colors,
    ),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** What was computed again and compared; the text ends without a line break. */
export function renderVerifyText(report: VerifyReport, { color, width }: TableOptions): string {
  const room = textRoom(width);
  const colors = pico.createColors(color);
  const { stretches, seed, sentence, verdict } = report;
  const lines = stretches.map(
    ({ from, to, equal }) => `steps ${formatCount(from + 1)} to ${formatCount(to)}: ${equal ? 'equal' : 'another'}`,
  );
  const parts = [
    answer(sentence, verdict === 'verified', room, colors),
    seed === null ? '' : section(`Stretches, drawn by seed ${seed}`, lines, room, colors),
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}

/** Its first sentence stands out. */
function answer(sentence: string, good: boolean, room: number, colors: Colors): string {
  const wrapped = wrapAfter('', sentence, room);
  const end = wrapped.search(/[.:](?=\s|$)/) + 1;
  const paint = good ? colors.green : colors.yellow;
  return `${colors.bold(paint(wrapped.slice(0, end)))}${wrapped.slice(end)}`;
}

function section(title: string, lines: readonly string[], room: number, colors: Colors): string {
  if (lines.length === 0) return '';
  return [colors.bold(title), ...lines.map((line) => indented(line, room))].join('\n');
}

/** Lines that go on are set further in. */
function indented(text: string, room: number): string {
  const [first, ...rest] = wrapAfter('  ', text, room - 2).split('\n');
  return [first, ...rest.map((line) => `  ${line}`)].join('\n');
}

/** Versions are named where they differ. */
function runText(name: string, run: WhyRun, other: WhyRun, room: number): string {
  const { path, steps, status, reduction, threads, isa, fingerprint } = run;
  const made = ({ contract, versions }: WhyRun): string => `contract ${contract}, samebits ${versions.join(' and ')}`;
  const bits = fingerprint === null ? [] : [`fingerprint ${shortFingerprint(fingerprint)}`];
  const facts = [
    `${formatCount(steps)} ${steps === 1 ? 'step' : 'steps'}, ${status}`,
    `${reduction} order`,
    `${threads} ${threads === 1 ? 'thread' : 'threads'}`,
    isa,
    ...(made(run) === made(other) ? [] : [made(run)]),
    ...bits,
  ];
  return wrapAfter(`${name}  `, `${path}: ${facts.join('; ')}`, room);
}

function factorText({ title, a, b, effect, remedy }: WhyFactor): string {
  const [ofA, ofB] = levelTexts(a, b);
  const levels = `${title}: ${ofA} in A, ${ofB} in B`;
  if (effect === 'none') return `${levels}; changes no bit here`;
  if (effect === 'unknown') return levels;
  return `${levels}; explains it${remedy === null ? '' : `: ${remedy}`}`;
}

function operationsTitle({ parting }: WhyReport): string {
  if (parting === null || parting.step === 0) return 'Other values before the first step';
  return `Operations of step ${formatCount(parting.step)} with other results`;
}

function operationLines({ parting }: WhyReport): string[] {
  if (parting === null) return [];
  const { operations, step } = parting;
  const line = (operation: OperationDifference): string =>
    `${operationText(operation, step).replace(/^the /, '')}: ${extentText(operation)}`;
  const more = operations.length - MOST_OPERATIONS;
  return [
    ...operations.slice(0, MOST_OPERATIONS).map(line),
    ...(more > 0 ? [`and ${formatCount(more)} more: see --json`] : []),
  ];
}

function swapText(
  { changed, factor, held, equal, parting, missing }: WhySwap,
  factors: readonly WhyFactor[],
  through: number | null,
): string {
  const titleOf = (name: string): string => factors.find((each) => each.name === name)?.title ?? name;
  const [from, to] = changed === 'a' ? ['A', 'B'] : ['B', 'A'];
  const what = [...held, factor].map(titleOf).join(', ');
  const begin = `${from} with ${to}'s ${what}`;
  if (missing !== null) return `${begin}: not executed; missing: ${missing}`;
  if (equal === true) return `${begin}: equal${through === null ? '' : ` up to step ${formatCount(through)}`}`;
  if (parting === null || parting.operation === null) return `${begin}: still other bits`;
  const { step, operation } = parting;
  return `${begin}: part ${step === 0 ? 'before the first step' : `at step ${formatCount(step)}`}, in ${operationText(operation, step)}`;
}
