/** Reads charts back out of a page: values from their attributes, and values from their positions by the scale. */

const decode = (text: string): string =>
  text.replace(
    /&(quot|#39|lt|gt|amp);/g,
    (_, name) => ({ quot: '"', '#39': "'", lt: '<', gt: '>', amp: '&' })[name as 'lt'],
  );

const attribute = (tag: string, name: string): string => decode(new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? '');

export interface ReadPoint {
  /** As the page says. */
  x: number;
  y: number;
  /** As the position says. */
  drawnX: number;
  drawnY: number;
}

export interface ReadSeries {
  name: string;
  points: ReadPoint[];
  /** Vertices of the line, as positions. */
  line: [number, number][];
}

interface ReadScale {
  kind: string;
  domain: number[];
  range: [number, number];
  zero: number | null;
}

function valueAt({ kind, domain, range, zero }: ReadScale, position: number): number {
  if (zero !== null && Math.abs(position - zero) < 0.01) return 0;
  const share = (position - range[0]) / (range[1] - range[0]);
  if (kind === 'ordinal') return domain[Math.floor(share * domain.length)];
  if (kind === 'log') return domain[0] * (domain[1] / domain[0]) ** share;
  return domain[0] + share * (domain[1] - domain[0]);
}

/** All drawings of one chart: the wide and the narrow one, or the only one. */
export function readCharts(page: string, id: string): ReadSeries[][] {
  const drawings = page.match(/<svg class="chart[\s\S]*?<\/svg>/g) ?? [];
  return drawings
    .filter((svg) => attribute(svg, 'data-chart') === id)
    .map((svg) => {
      const xScale = attribute(svg, 'data-x-scale') === '' ? null : JSON.parse(attribute(svg, 'data-x-scale'));
      const yScale = attribute(svg, 'data-y-scale') === '' ? null : JSON.parse(attribute(svg, 'data-y-scale'));
      const groups = svg.match(/<g class="series"[\s\S]*?<\/g>/g) ?? [];
      return groups.map((group) => ({
        name: attribute(group, 'data-name'),
        points: (group.match(/<(path|rect|circle) class="point[^>]*>/g) ?? []).map((tag) => ({
          x: Number(attribute(tag, 'data-x')),
          y: Number(attribute(tag, 'data-y')),
          drawnX:
            xScale === null ? Number.NaN : valueAt(xScale, Number(attribute(tag, 'data-px') || attribute(tag, 'cx'))),
          drawnY: yScale === null ? Number.NaN : valueAt(yScale, Number(attribute(tag, 'data-py'))),
        })),
        line: [...(/<path class="line" d="([^"]*)"/.exec(group)?.[1] ?? '').matchAll(/[ML]([-\d.]+) ([-\d.]+)/g)].map(
          ([, x, y]) => [valueAt(xScale, Number(x)), valueAt(yScale, Number(y))] as [number, number],
        ),
      }));
    });
}
