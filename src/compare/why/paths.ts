/** Where two plain objects differ, by the path of each value. */

/** A value that differs, and its path: `['optimizer', 'momentum']`. */
export interface DifferingPath {
  readonly path: readonly (string | number)[];
  /** Undefined where the object has no such key. */
  readonly a: unknown;
  readonly b: unknown;
}

/** The innermost values in which two JSON values differ; lists of other lengths, and values of other kinds, as wholes. */
export function differingPaths(a: unknown, b: unknown, path: readonly (string | number)[] = []): DifferingPath[] {
  if (Object.is(a, b)) return [];
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return [{ path, a, b }];
    return a.flatMap((value, i) => differingPaths(value, b[i], [...path, i]));
  }
  if (!isPlain(a) || !isPlain(b)) return [{ path, a, b }];
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  return [...keys].flatMap((key) => differingPaths(a[key], b[key], [...path, key]));
}

/** A copy with another value at a path; undefined takes the key away. */
export function withPath(object: unknown, path: readonly (string | number)[], value: unknown): unknown {
  if (path.length === 0) return value;
  const [key, ...rest] = path;
  if (Array.isArray(object)) return object.map((each, i) => (i === key ? withPath(each, rest, value) : each));
  const { [key]: old, ...others } = object as Record<string | number, unknown>;
  const changed = withPath(old, rest, value);
  if (changed === undefined) return others;
  // In its old place: whoever compares texts sees no other order.
  return key in (object as object)
    ? Object.fromEntries(Object.entries(object as object).map(([name, each]) => [name, name === key ? changed : each]))
    : { ...others, [key]: changed };
}

/** `optimizer.momentum`, `model.layers[1].useBias` */
export function pathText(path: readonly (string | number)[]): string {
  return path.reduce<string>(
    (text, key) => (typeof key === 'number' ? `${text}[${key}]` : text === '' ? key : `${text}.${key}`),
    '',
  );
}

export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
