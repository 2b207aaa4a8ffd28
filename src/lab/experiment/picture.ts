/** Tables and pictures as data: experiments say what is in them, the report how they look. */

/** A cell: a number is formatted by its column. Null is nothing, shown as –. */
export type Cell = string | number | boolean | null;

/** A column of a table of a report. */
export interface Column {
  readonly name: string;
  /**
   * `count`: an integer; `share`: 0 to 1, shown in percent; `number`: three significant digits; `exact`: all digits.
   * @default text, as it is
   */
  readonly format?: 'count' | 'share' | 'number' | 'exact';
}

/** A table of a report. */
export interface Table {
  readonly title: string;
  /** What the reader should see in it, in a sentence. */
  readonly caption: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
}

interface PictureHead {
  /** Unique in the document; letters, digits and hyphens. */
  readonly id: string;
  readonly title: string;
  /** What the reader should see in it, in a sentence; read out where it cannot be seen. */
  readonly caption: string;
}

/** What an axis says. */
export interface AxisWords {
  readonly label: string;
  /** A logarithmic axis has a place for zero before its first tick: zeros need not be left out. @default 'linear' */
  readonly scale?: 'linear' | 'log';
  readonly format?: Column['format'];
}

/** Every run a dot, in named groups, which are rows above each other. */
export interface DotPlot extends PictureHead {
  readonly kind: 'dots';
  readonly value: AxisWords;
  readonly groups: readonly { readonly label: string; readonly values: readonly number[] }[];
  /** A line across all groups: what equal bits, or the base, would give. */
  readonly reference?: { readonly label: string; readonly value: number };
}

/** Bars with intervals, lying above each other; on a logarithmic axis points. */
export interface BarPicture extends PictureHead {
  readonly kind: 'bars';
  readonly value: AxisWords;
  readonly bars: readonly {
    readonly label: string;
    readonly value: number;
    readonly interval?: { readonly low: number; readonly high: number };
  }[];
}

/** Lines over steps, epochs or k, with events marked on them. */
export interface LinePicture extends PictureHead {
  readonly kind: 'lines';
  readonly x: AxisWords;
  readonly y: AxisWords;
  readonly series: readonly {
    readonly name: string;
    readonly points: readonly (readonly [x: number, y: number])[];
    /** A band around the line. */
    readonly band?: readonly (readonly [x: number, low: number, high: number])[];
  }[];
  readonly events?: readonly { readonly x: number; readonly label: string }[];
}

/** Steps × tensors, colored by where bits part. */
export interface HeatMap extends PictureHead {
  readonly kind: 'heatmap';
  readonly xLabel: string;
  readonly yLabel: string;
  readonly columns: readonly string[];
  readonly rows: readonly string[];
  /** values[row][column]; null for nothing there, 0 for equal bits, which has a color of its own. */
  readonly values: readonly (readonly (number | null)[])[];
  readonly value: AxisWords;
}

/** A picture of a report. */
export type Picture = DotPlot | BarPicture | LinePicture | HeatMap;
