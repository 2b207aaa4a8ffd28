/** The table and the pictures that most experiments show of their arms. */
import type { BarPicture, Cell, Column, DotPlot, LinePicture, Table } from '../experiment/picture.js';
import { meanDistance } from '../statistics/pair-table.js';
import type { Interval } from '../statistics/sample.js';
import { type MetricGroup, type RunGroup, summarize, type TestMetric } from './run-measures.js';

/** Every arm with its metric and its spread. */
export function metricTable(title: string, caption: string, metric: TestMetric, groups: readonly MetricGroup[]): Table {
  return { title, caption, columns: metricColumns(metric), rows: groups.map(metricCells) };
}

/** The same, and how far two runs of each arm are apart. */
export function armTable(title: string, caption: string, metric: TestMetric, groups: readonly RunGroup[]): Table {
  const decides = groups.some(({ disagreement }) => disagreement !== null);
  const columns: Column[] = [
    ...metricColumns(metric),
    { name: 'mean difference of predictions', format: 'number' },
    { name: 'from', format: 'number' },
    { name: 'to', format: 'number' },
    ...(decides ? ([{ name: 'rows predicted differently', format: 'share' }] as const) : []),
  ];
  const rows = groups.map((group) => {
    const distance = meanDistance(group.distances);
    return [
      ...metricCells(group),
      distance.estimate,
      ...ends(distance),
      ...(decides ? [group.disagreement?.mean() ?? null] : []),
    ];
  });
  return { title, caption, columns, rows };
}

function metricColumns(metric: TestMetric): Column[] {
  return [
    { name: 'what varies' },
    { name: 'runs', format: 'count' },
    { name: 'different weights', format: 'count' },
    { name: `mean ${metric.name}`, format: metric.format },
    { name: 'standard deviation', format: metric.format },
    { name: 'from', format: metric.format },
    { name: 'to', format: metric.format },
  ];
}

function metricCells(group: MetricGroup): Cell[] {
  const { mean, deviation, interval } = summarize(group);
  return [group.label, group.results.length, group.distinct, mean, deviation, ...ends(interval)];
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
