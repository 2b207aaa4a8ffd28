import { describe, expect, it } from 'vitest';
import { breakLabel } from '../../dist/report/chart/label.js';
import { swarmOffsets, tallestBin } from '../../dist/report/chart/swarm.js';
import { formatShare } from '../../dist/report/format.js';
import { axisOf } from '../../dist/report/pictures/axis.js';
import { classBounds } from '../../dist/report/pictures/heat-map.js';
import { readablePlaces, thinPoints } from '../../dist/report/pictures/lines.js';
import { renderPicture } from '../../dist/report/pictures/picture.js';
import { readCharts } from './charts.js';
import { makeLabDocument, odd } from './fixtures/lab-documents.js';
import {
  accuracyDots,
  distanceLines,
  ensembles,
  growth,
  lossDots,
  partingMap,
  shareBars,
  spreadBars,
} from './fixtures/lab-pictures.js';

describe('swarmOffsets', () => {
  it('sets dots of one place beside each other around the middle, and others on it', () => {
    const offsets = swarmOffsets([10, 10, 10, 200, null], 3, 6.5);
    expect(offsets.slice(0, 3).sort((a, b) => a - b)).toEqual([-6.5, 0, 6.5]);
    expect(offsets.slice(3)).toEqual([0, 0]);
    expect(swarmOffsets([1, 2], 3, 6.5).sort((a, b) => a - b)).toEqual([-3.25, 3.25]);
  });

  it('is as high as there are many, and the same every time', () => {
    const positions = Array.from({ length: 500 }, () => 42);
    const offsets = swarmOffsets(positions, 3, 0.1);
    expect(Math.max(...offsets) - Math.min(...offsets)).toBeCloseTo(49.9, 9);
    expect(new Set(offsets).size).toBe(500);
    expect(swarmOffsets(positions, 3, 0.1)).toEqual(offsets);
    expect(tallestBin(positions, 3)).toBe(500);
    expect(tallestBin([null], 3)).toBe(0);
  });
});

describe('breakLabel', () => {
  it('breaks at spaces, and says where it left something out', () => {
    expect(breakLabel('short', 20, 2)).toEqual(['short']);
    expect(breakLabel('order of the data', 9, 2)).toEqual(['order of', 'the data']);
    expect(breakLabel('one two three four', 9, 2)).toEqual(['one two', 'three…']);
    expect(breakLabel('pneumonoultramicroscopic', 8, 2)).toEqual(['pneumon…']);
    expect(breakLabel('', 8, 2)).toEqual(['']);
  });
});

describe('axisOf', () => {
  it('writes shares in percent, counts on integers, and powers of ten as such', () => {
    const share = axisOf({ label: '', format: 'share' }, [0.9712, 0.9786]);
    const ticks = share.scale([0, 100]).ticks;
    expect(new Set(ticks.map(share.tick)).size).toBe(ticks.length);
    expect(ticks.map(share.tick)).toContain('97.4 %');
    expect(share.format(0.978533)).toBe('97.85 %');
    const count = axisOf({ label: '', format: 'count' }, [0, 2]);
    expect(count.scale([0, 100]).ticks).toEqual([0, 1, 2]);
    const log = axisOf({ label: '', scale: 'log' }, [1e-8, 1]);
    expect(log.tick(1e-7)).toBe('10⁻⁷');
    const near = axisOf({ label: '', scale: 'log' }, [0.01, 0.03]);
    expect(near.scale([0, 100]).ticks.map(near.tick)).toEqual(['0.01', '0.02', '0.05']);
  });

  it('keeps a place for zero on a logarithmic axis only where there are zeros', () => {
    expect(axisOf({ label: '', scale: 'log' }, [0, 1]).scale([50, 100]).zero).toBe(26);
    expect(axisOf({ label: '', scale: 'log' }, [1, 2]).scale([50, 100]).zero).toBeNull();
  });

  it('begins at zero where all values are one', () => {
    expect(axisOf({ label: '' }, [3, 3]).scale([0, 1]).domain[0]).toBe(0);
  });
});

describe('formatShare', () => {
  it.each([
    [0.97853, '97.85 %'],
    [0, '0 %'],
    [1, '100 %'],
    [0.5, '50 %'],
    [0.0000312, '0.0031 %'],
    [0.999999, '99.9999 %'],
    [Number.NaN, 'NaN'],
  ])('%d as %s', (share, text) => expect(formatShare(share)).toBe(text));
});

describe('classBounds', () => {
  it('are ascending, hold all values, and are at most nine classes', () => {
    for (const [values, isLog] of [
      [[1, 2 ** 31], true],
      [[1e-12, 1e12], true],
      [[3], true],
      [[0.2, 0.9], false],
      [[-5, 7], false],
      [[4, 4], false],
      [[100, 101], false],
    ] as const) {
      const bounds = classBounds(values, isLog);
      expect(bounds).toEqual([...bounds].sort((a, b) => a - b));
      expect(new Set(bounds).size).toBe(bounds.length);
      expect(bounds.length).toBeGreaterThan(1);
      expect(bounds.length).toBeLessThanOrEqual(10);
      expect(bounds[bounds.length - 1]).toBeGreaterThanOrEqual(Math.max(...values) * (1 - 1e-9));
      expect(bounds[0]).toBeLessThanOrEqual(Math.min(...values));
    }
    expect(classBounds([], true)).toEqual([0, 1]);
  });
});

describe('thinPoints', () => {
  it('keeps peaks, both ends and what is not finite', () => {
    const points = Array.from({ length: 10_000 }, (_, x) => ({
      x,
      y: x === 7001 ? 50 : x === 300 ? Number.NaN : Math.sin(x),
    }));
    const thin = thinPoints(points, 400, new Set([0, 9999]));
    expect(thin.length).toBeLessThan(450);
    expect(thin).toContain(points[7001]);
    expect(thin).toContain(points[300]);
    expect(thin[0]).toBe(points[0]);
    expect(thin[thin.length - 1]).toBe(points[9999]);
    expect(thinPoints(points.slice(0, 5), 400, new Set())).toEqual(points.slice(0, 5));
  });

  it('reads out places common to all lines, the ends among them', () => {
    const places = Array.from({ length: 1000 }, (_, i) => i);
    expect(readablePlaces(places, 1).size).toBe(1000);
    const some = readablePlaces(places, 40);
    expect(some.size).toBe(30);
    expect(some.has(0) && some.has(999)).toBe(true);
  });
});

describe('pictures', () => {
  const draw = (picture: Parameters<typeof renderPicture>[0]): string => renderPicture(picture).text;

  it('dots stand where their values are, in both drawings', () => {
    for (const picture of [accuracyDots, lossDots]) {
      if (picture.kind !== 'dots') throw new Error('expected dots');
      const drawings = readCharts(draw(picture), picture.id);
      expect(drawings).toHaveLength(2);
      for (const rows of drawings) {
        expect(rows.map(({ name }) => name)).toEqual(picture.groups.map(({ label }) => label));
        rows.forEach(({ points }, g) => {
          const values = [...picture.groups[g].values].sort((a, b) => a - b);
          expect(points).toHaveLength(values.length);
          points.forEach(({ drawnX }, i) => {
            expect(Math.abs(drawnX - values[i])).toBeLessThanOrEqual(Math.abs(values[i]) * 0.005);
          });
        });
      }
    }
  });

  it('stacks of dots are as high as there are many, in all rows of a picture alike', () => {
    const many = (count: number, value: number): number[] => Array.from({ length: count }, () => value);
    const page = draw({
      ...accuracyDots,
      groups: [
        { label: 'a', values: [...many(40, 0.5), ...many(20, 0.9)] },
        { label: 'b', values: many(20, 0.5) },
      ],
    } as typeof accuracyDots);
    const height = (row: string): number[] =>
      ['a', 'b'].includes(row)
        ? [
            ...(new RegExp(`data-name="${row}">(.*?)</g>`).exec(page)?.[1] ?? '').matchAll(
              /cx="([\d.]+)" cy="([\d.]+)"/g,
            ),
          ].map(([, , cy]) => Number(cy))
        : [];
    const span = (values: readonly number[]): number => Math.max(...values) - Math.min(...values);
    const [a, b] = [height('a'), height('b')];
    expect(a).toHaveLength(60);
    expect(span(a.slice(0, 40)) / span(b)).toBeCloseTo(39 / 19, 1);
    expect(span(a.slice(40))).toBeCloseTo(span(b), 1);
  });

  it('bars end at their values and have their intervals in the table', () => {
    for (const picture of [shareBars, spreadBars]) {
      if (picture.kind !== 'bars') throw new Error('expected bars');
      const page = draw(picture);
      for (const rows of readCharts(page, picture.id)) {
        rows.forEach(({ points }, i) => {
          expect(points[0].x).toBe(picture.bars[i].value);
          expect(Math.abs(points[0].drawnX - points[0].x)).toBeLessThan(Math.max(0.002, points[0].x * 0.01));
        });
      }
    }
    expect(draw(shareBars)).toContain('<td class="number">36 %</td><td class="number">66 %</td>');
  });

  it('lines have their bands, events and a zero of their own', () => {
    const page = draw(distanceLines);
    const [wide] = readCharts(page, 'distance');
    expect(wide[1].points.map(({ x, y }) => [x, y])).toEqual(distanceLines.series[1].points);
    expect(wide[0].points.every(({ y, drawnY }) => y === 0 && drawnY === 0)).toBe(true);
    expect(page.match(/class="point event"/g)).toHaveLength(2 * 3);
    expect(page).toContain('At 230: relu unit 17 of dense_1 is on for row 3 in one run only.');
    expect(draw(ensembles).match(/class="band"/g)).toHaveLength(2 * 2);
    expect(draw(ensembles)).not.toMatch(/ d="[^"]*(NaN|Infinity|null)/);
  });

  it('many lines are drawn alike, with places in common that can be read out', () => {
    const series = Array.from({ length: 40 }, (_, i) => ({ name: `run ${i}`, points: growth(i, 3) }));
    const page = draw({ ...distanceLines, series });
    expect(page).not.toContain('class="legend"');
    expect(page).toContain('30 of 200 places can be read out');
    expect(readCharts(page, 'distance')[0].every(({ points }) => points.length === 30)).toBe(true);
  });

  it('heat maps carry every value, draw neighbors of one class as one piece, and mark equal bits', () => {
    const page = draw(partingMap);
    const texts =
      /data-name="dense_1\/kernel"[^>]*data-texts="([^"]*)"/.exec(page)?.[1].replaceAll('&quot;', '"') ?? '[]';
    const values = (JSON.parse(texts) as string[]).map((text) => Number(text.replaceAll(',', '')));
    expect(values).toEqual(partingMap.values[0]);
    expect((page.match(/<rect class="(heat-\d|equal)"/g) ?? []).length).toBeLessThan(200);
    expect(page).toContain('class="equal"');
    expect(page).toContain('0: equal bits');
  });

  it('say in words that there is nothing to draw', () => {
    const pages = odd().pictures.map((picture) => draw(picture));
    expect(pages[0]).toContain('There is nothing to draw.');
    expect(pages[2]).toContain('all 3 values are exactly 0');
    expect(pages.join('')).not.toMatch(/ (x|y|d|cx|cy|width|height)="[^"]*(NaN|Infinity|undefined)/);
  });

  it('accept numbers as JSON has them', () => {
    const document = makeLabDocument();
    const again = JSON.parse(JSON.stringify(document));
    expect(again.pictures.map(draw)).toEqual(document.pictures.map((picture) => draw(picture)));
    const broken = {
      ...accuracyDots,
      groups: [{ label: 'a', values: ['NaN', 'Infinity', 0.5] }],
    } as unknown as typeof accuracyDots;
    expect(draw(broken)).toContain('2 values are infinite or not a number');
  });
});
