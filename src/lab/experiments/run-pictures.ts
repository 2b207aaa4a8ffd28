/** The tables and the pictures that most experiments show of their arms. */
import type { BarPicture, Cell, DotPlot, LinePicture, Table } from '../experiment/picture.js';
import { meanDistance } from '../statistics/pair-table.js';
import type { Interval } from '../statistics/sample.js';
import { type MetricGroup, type RunGroup, summarize, type TestMetric } from './run-measures.js';

/** Every arm with its metric and its spread; as few columns as a terminal has room for. */
export function metricTable(title: string, caption: string, metric: TestMetric, groups: readonly MetricGroup[]): Table {
  const { format } = metric;
  return {
    title: `${title}: ${metric.name}`,
    caption,
    columns: [
      { name: 'runs' },
      { name: 'number', format: 'count' },
      { name: 'results', format: 'count' },
      { name: 'mean', format },
      { name: 'deviation', format },
      { name: 'from', format },
      { name: 'to', format },
    ],
    rows: groups.map((group): Cell[] => {
      const { mean, deviation, interval } = summarize(group);
      return [group.label, group.results.length, group.distinct, mean, deviation, ...ends(interval)];
    }),
  };
}

/** How far two runs of each arm are apart. */
function distanceTable(title: string, groups: readonly RunGroup[]): Table {
  const decides = groups.some(({ disagreement }) => disagreement !== null);
  return {
    title: `${title}: how far two runs are apart`,
    caption: `Mean absolute difference of their predictions${decides ? ', and rows that they predict differently' : ''}.`,
    columns: [
      { name: 'runs' },
      { name: 'distance', format: 'number' },
      { name: 'from', format: 'number' },
      { name: 'to', format: 'number' },
      ...(decides ? ([{ name: 'other predictions', format: 'share' }] as const) : []),
    ],
    rows: groups.map(({ label, distances, disagreement }): Cell[] => {
      const distance = meanDistance(distances);
      return [label, distance.estimate, ...ends(distance), ...(decides ? [disagreement?.mean() ?? null] : [])];
    }),
  };
}

/** Both tables. */
export function armTables(title: string, caption: string, metric: TestMetric, groups: readonly RunGroup[]): Table[] {
  return [metricTable(title, caption, metric, groups), distanceTable(title, groups)];
}

function ends({ low, high }: Interval): [Cell, Cell] {
  return [Number.isNaN(low) ? null : low, Number.isNaN(high) ? null : high];
}

/** The metric of every run, a dot each. */
export function metricDots(id: string, caption: string, metric: TestMetric, groups: readonly MetricGroup[]): DotPlot {
  return {
    kind: 'dots',
    id,
    title: `${metric.name[0].toUpperCase()}${metric.name.slice(1)} of every run`,
    caption,
    value: { label: metric.name, format: metric.format },
    groups: groups.map(({ label, values }) => ({ label, values })),
  };
}

/** How far two runs of each arm are apart, with intervals. */
export function distanceBars(id: string, caption: string, groups: readonly RunGroup[]): BarPicture {
  return {
    kind: 'bars',
    id,
    title: 'How far two runs are apart',
    caption,
    value: { label: 'mean absolute difference of predictions', format: 'number' },
    bars: groups.map(({ label, distances }) => bar(label, meanDistance(distances))),
  };
}

/** How far two runs are apart along some quantity, with a band of intervals. */
export function distanceSeries(
  name: string,
  places: readonly { readonly x: number; readonly group: RunGroup }[],
): LinePicture['series'][number] {
  const measured = places.map(({ x, group }) => ({ x, ...meanDistance(group.distances) }));
  return {
    name,
    points: measured.map(({ x, estimate }) => [x, estimate] as const),
    band: measured.filter(({ low }) => !Number.isNaN(low)).map(({ x, low, high }) => [x, low, high] as const),
  };
}

/** A bar with its interval, where it has one. */
export function bar(
  label: string,
  { estimate, low, high }: Interval & { readonly estimate: number },
): BarPicture['bars'][number] {
  return { label, value: estimate, ...(Number.isNaN(low) || Number.isNaN(high) ? {} : { interval: { low, high } }) };
}
