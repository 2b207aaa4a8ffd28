import { describe, expect, it } from 'vitest';
import { renderCompareReport } from '../../dist/report/index.js';
import { decodeNumber } from '../../dist/report/numbers.js';
import { readCharts } from './charts.js';
import * as documents from './fixtures/documents.js';

const document = documents.usual();
const page = renderCompareReport(document);
const visible = page.slice(page.indexOf('<body>')).replace(/<script[\s\S]*?<\/script>/g, '');

/** Runs 6 and 7 (free, one thread) have the same bits, so one line stands for both. */
const strands = [0, 6, 8, 9, 10, 11].map((index) => document.runs[index]);

/** Positions have two decimals, so a value read back from one is off by up to half of them. */
function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(Math.max(Math.abs(expected) * 2e-3, 0.02));
}

describe('chart points', () => {
  it.each(['relativeL2', 'maxAbs', 'maxUlp'] as const)('of the distance (%s) are those of the document', (key) => {
    const drawings = readCharts(page, `distance-${key}`);
    expect(drawings).toHaveLength(2);
    for (const series of drawings) {
      expect(series).toHaveLength(strands.length);
      series.forEach((one, i) => {
        const expected = strands[i].distance.map((sample) => [sample.step, decodeNumber(sample[key])]);
        expect(one.points.map((point) => [point.x, point.y])).toEqual(expected);
        expect(one.line).toHaveLength(expected.length);
        one.points.forEach((point, p) => {
          expect(Math.abs(point.drawnX - point.x)).toBeLessThan(0.02);
          expect(Math.abs(Math.log(point.drawnY / point.y) || 0)).toBeLessThan(2e-3);
          expect(Number.isNaN(point.drawnY)).toBe(false);
          expect(one.line[p]).toEqual([point.drawnX, point.drawnY]);
        });
      });
      expect(series[0].points.every((point) => point.y === 0 && point.drawnY === 0)).toBe(true);
    }
  });

  it('of the loss are those of the document', () => {
    for (const series of readCharts(page, 'loss')) {
      series.forEach((one, i) => {
        expect(one.points.map(({ x, y }) => ({ step: x, loss: y }))).toEqual(strands[i].lossCurve);
        for (const point of one.points) expectClose(point.drawnY, point.y);
      });
    }
  });

  it('of time are medians and single runs', () => {
    const [[fixed, free, fixedRuns, freeRuns]] = readCharts(page, 'seconds');
    const seconds = document.runs.map((run) => run.seconds);
    const pairs = (from: number) => [0, 2, 4].map((i) => (seconds[from + i] + seconds[from + i + 1]) / 2);
    expect(fixed.points.map((point) => point.y)).toEqual(pairs(0));
    expect(free.points.map((point) => point.y)).toEqual(pairs(6));
    expect(fixedRuns.points.map((point) => point.y)).toEqual(seconds.slice(0, 6));
    expect(freeRuns.points.map((point) => point.y)).toEqual(seconds.slice(6));
    for (const point of [fixed, free, fixedRuns, freeRuns].flatMap((series) => series.points)) {
      expect(point.drawnX).toBe(point.x);
      expectClose(point.drawnY, point.y);
    }
  });

  it('of speed-up are ratios of medians', () => {
    const [[fixed]] = readCharts(page, 'speed-up');
    const [first, second] = readCharts(page, 'seconds')[0][0].points;
    expect(fixed.points[1]).toMatchObject({ x: 2, y: first.y / second.y });
    for (const point of fixed.points) expectClose(point.drawnY, point.y);
  });

  it('of the histograms are shares of the weights', () => {
    strands.slice(1).forEach((run, i) => {
      const [[{ points }]] = readCharts(page, `ulp-${i}`);
      const total = run.ulpHistogram.reduce((sum, bin) => sum + bin.count, 0);
      expect(points.map((point) => point.y)).toEqual(run.ulpHistogram.map((bin) => bin.count / total));
      for (const point of points) expectClose(point.drawnY, point.y);
    });
  });

  it('that are not finite are left out, the line is broken there, and the page says so', () => {
    const broken = documents.nonFinite();
    const text = renderCompareReport(broken);
    const [[, free]] = readCharts(text, 'distance-relativeL2');
    expect(free.points.map((point) => point.y)).toEqual(broken.runs[2].distance.slice(0, 12).map((d) => d.relativeL2));
    expect(text).toContain('8 points are infinite or not a number and are left out');
    expect(text).not.toMatch(/ d="[^"]*(NaN|Infinity)/);
    expect(text).toContain('<td class="number">NaN</td>');
  });
});

describe('the page', () => {
  it('opens with the verdict and the sentence', () => {
    const order = [
      '<h1>The same bits in fixed order, different bits in free order</h1>',
      'In fixed order all 6 runs',
      '<svg',
    ];
    const places = order.map((text) => visible.indexOf(text));
    expect(places.every((place) => place > 0)).toBe(true);
    expect([...places].sort((a, b) => a - b)).toEqual(places);
  });

  it('carries the document, unchanged', () => {
    const json = /<script type="application\/json" id="document">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
    expect(JSON.parse(json)).toEqual(document);
  });

  it('names each run, its first difference, machine, recipe and the line that repeats it', () => {
    for (const run of document.runs) {
      expect(visible).toContain(run.fingerprint);
      if (run.firstDifference) expect(visible).toContain(run.firstDifference.bHex);
    }
    for (const text of ['Made-up CPU @ 2.50GHz', 'avx2, scalar', '8.0 GiB', document.commandLine, document.data.hash]) {
      expect(visible).toContain(text);
    }
    for (const text of ['type: dense, name: dense_2, units: 512', 'batchLeaf: 64', 'learningRate: 0.001']) {
      expect(visible).toContain(text);
    }
  });

  it('names seeds of single uses where they are given, and no others', () => {
    const pageOf = (seeds: object) => renderCompareReport({ ...document, recipe: { ...document.recipe, seeds } });
    const none = { weights: null, order: null, dropout: null };
    expect(pageOf(none)).not.toContain('<dt>seeds</dt>');
    expect(pageOf({ ...none, order: 7 })).toContain('<dt>seeds</dt><dd>order: 7</dd>');
  });

  it('marks the bits that differ', () => {
    const { aHex, bHex } = document.runs[6].firstDifference ?? { aHex: '', bHex: '' };
    const bits = (Number(aHex) ^ Number(bHex)).toString(2).replaceAll('0', '').length;
    const cell = /<span class="bits">(.*?)<\/span>/.exec(visible)?.[1] ?? '';
    expect([...cell.matchAll(/<mark>([01]+)<\/mark>/g)].map(([, run]) => run).join('')).toHaveLength(bits);
  });

  it('gives a title, a description and a table of numbers for each chart', () => {
    const charts = visible.match(/<svg class="chart[\s\S]*?<\/svg>/g) ?? [];
    expect(charts.length).toBeGreaterThan(10);
    for (const chart of charts) expect(chart).toMatch(/<title id="[^"]+">.+<\/title><desc id="[^"]+">.+<\/desc>/);
    for (const figure of visible.match(/<figure[\s\S]*?<\/figure>/g) ?? []) {
      expect(figure).toMatch(/<details><summary>The numbers<\/summary>.*<table>/s);
    }
  });

  it('has no id twice', () => {
    const ids = [...visible.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('draws nothing where nothing diverged, and says so', () => {
    const text = renderCompareReport(documents.nothingDiverged());
    expect(text).toContain('all 8 runs stayed at a distance of exactly zero');
    expect(readCharts(text, 'distance-relativeL2')).toEqual([]);
    expect(text).not.toContain('id="first-difference"');
  });

  it('is loud where fixed order differs', () => {
    const text = renderCompareReport(documents.fixedDiffers());
    expect(text).toContain('<h1 class="fault">Fixed order gave different bits: this is a fault</h1>');
    expect(text).toContain('<span class="fault-text">≠ differs</span>');
  });

  it('takes runs without samples, curves and histograms', () => {
    const bare = documents.makeDocument(
      [1, 2].map((threads) => ({
        threads,
        reduction: threads === 1 ? ('fixed' as const) : ('free' as const),
        changes: { distance: [], lossCurve: [], ulpHistogram: [] },
      })),
    );
    expect(renderCompareReport(bare)).toContain('</html>');
  });

  it('escapes every text of the document', () => {
    const text = renderCompareReport(documents.hostile());
    expect(text).not.toMatch(/<img/);
    expect(text.match(/<script/g)).toHaveLength(2);
    expect(text.match(/<\/script>/g)).toHaveLength(2);
    expect(text).not.toContain('\u001b');
    expect(text).not.toMatch(/="[^"]*"'>/);
  });

  it('refers to nothing outside', () => {
    expect(page).not.toMatch(/https?:|url\(|@import|src=|<link(?! rel="icon" href="data:,")/);
  });
});
