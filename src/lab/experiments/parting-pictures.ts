/** Tables and pictures of runs that drift apart. */
import { formatMagnitude } from '../../format.js';
import type { Cell, Column, DotPlot, HeatMap, LinePicture, Picture, Table } from '../experiment/picture.js';
import type { PairResult } from '../experiment/task.js';
import { mean } from '../statistics/moments.js';
import { AS_FAR, farAsSeed, lastSample, type Parting } from './partings.js';

/** Columns of a heat map. */
const MOST_COLUMNS = 40;
/** Events that a picture marks on its lines. */
const MOST_EVENTS = 12;

/** Every kind of difference, with another seed beside it: how it begins and grows, and what becomes of it. */
export function partingTables(title: string, partings: readonly Parting[], seeds: Parting): Table[] {
  const all = [...partings, seeds];
  const decides = seeds.differing !== null;
  const ends: Column[] = [
    { name: 'what differs' },
    { name: 'weights, relative L2', format: 'number' },
    { name: 'predictions, mean', format: 'number' },
    ...(decides ? ([{ name: 'rows differ', format: 'share' }] as const) : []),
    { name: 'of another seed’s', format: 'number' },
    { name: 'from', format: 'number' },
    { name: 'to', format: 'number' },
  ];
  return [
    {
      title,
      caption: 'Where the weights part first, and in how many steps their distance doubles.',
      columns: [
        { name: 'what differs' },
        { name: 'pairs', format: 'count' },
        { name: 'same weights', format: 'count' },
        { name: 'parts at step', format: 'count' },
        { name: 'in' },
        { name: 'doubles in', format: 'number' },
      ],
      rows: all.map(({ label, pairs, equal, first, doublingSteps }): Cell[] => [
        label,
        pairs.length,
        equal,
        first?.step ?? null,
        first?.tensor ?? null,
        doublingSteps,
      ]),
    },
    {
      title: 'At the end',
      caption:
        'How far weights and predictions ended apart, and the latter as a multiple of another seed’s distance; from ' +
        `${AS_FAR} on it is as far.`,
      columns: ends,
      rows: all.map((parting): Cell[] => {
        const ratio = parting === seeds ? null : farAsSeed(parting, seeds);
        return [
          parting.label,
          mean(parting.pairs.map((pair) => lastSample(pair).relativeL2)),
          mean(parting.distances),
          ...(decides ? [parting.differing] : []),
          finiteOr(ratio?.estimate),
          finiteOr(ratio?.low),
          finiteOr(ratio?.high),
        ];
      }),
    },
  ];
}

function finiteOr(value: number | undefined): Cell {
  return value === undefined || !Number.isFinite(value) ? null : value;
}

/** How the weights drift apart, where the bits part (if they do), and how far predictions end apart. */
export function partingPictures(experiment: string, partings: readonly Parting[], seeds: Parting): Picture[] {
  const map = partingMap(`${experiment}-parting`, partings);
  const all = [...partings, seeds];
  return [growthLines(`${experiment}-growth`, all), ...(map === null ? [] : [map]), endDots(`${experiment}-ends`, all)];
}

/** The distance of the weights over steps, of the first pair of each kind, jumps marked. */
function growthLines(id: string, partings: readonly Parting[]): LinePicture {
  return {
    kind: 'lines',
    id,
    title: 'How the weights drift apart',
    caption: 'The first pair of each kind. A straight line doubles in equal times; marks are jumps beyond the trend.',
    x: { label: 'step', format: 'count' },
    y: { label: 'relative L2 distance of the weights', scale: 'log', format: 'number' },
    series: partings.map(({ label, pairs }) => ({
      name: label,
      points: pairs[0].samples.flatMap(({ step, relativeL2 }) =>
        Number.isFinite(relativeL2) ? [[step, relativeL2] as const] : [],
      ),
    })),
    events: partings
      .flatMap(({ pairs, growths }) =>
        growths[0].jumps.map((jump) => ({
          x: jump.by,
          label: `×${formatMagnitude(jump.factor, 2)}${unitOf(pairs[0], jump)}`,
        })),
      )
      .slice(0, MOST_EVENTS),
  };
}

function unitOf({ events }: PairResult, { after, by }: { readonly after: number; readonly by: number }): string {
  const event = events.find(({ step }) => step > after && step <= by);
  return event === undefined ? '' : `, ${event.layer} unit ${event.unit}`;
}

/** Where the bits part: steps × tensors, of the first pair that parts; null where none does. */
function partingMap(id: string, partings: readonly Parting[]): HeatMap | null {
  const parted = partings.find(({ first }) => first !== null);
  const pair = parted?.pairs.find(({ firstDifference }) => firstDifference !== null);
  if (parted === undefined || pair === undefined) return null;
  const every = Math.ceil(pair.samples.length / MOST_COLUMNS);
  const shown = pair.samples.filter((_, i) => i % every === 0 || i === pair.samples.length - 1);
  return {
    kind: 'heatmap',
    id,
    title: `Where the bits part: ${parted.label}`,
    caption: 'Largest distance in each tensor, in ULP. Equal bits have a color of their own.',
    xLabel: 'step',
    yLabel: 'tensor',
    columns: shown.map(({ step }) => String(step)),
    rows: pair.tensorNames,
    values: pair.tensorNames.map((_, tensor) => shown.map(({ tensors }) => finiteNumber(tensors[tensor]))),
    value: { label: 'largest distance in ULP', scale: 'log', format: 'number' },
  };
}

function finiteNumber(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

/** How far the predictions of every pair ended apart. */
function endDots(id: string, partings: readonly Parting[]): DotPlot {
  return {
    kind: 'dots',
    id,
    title: 'Predictions at the end',
    caption: 'Each dot is one pair; those with equal predictions are at exactly 0.',
    value: { label: 'mean absolute difference of predictions', scale: 'log', format: 'number' },
    groups: partings.map(({ label, pairs }) => ({
      label,
      values: pairs.map(({ predictions }) => predictions.meanAbs),
    })),
  };
}
