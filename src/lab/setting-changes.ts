/** What one setting has other than another, by path. */
import type { Setting } from '../causes/cause.js';
import type { Json } from './document.js';

/** `{ "recipe.seeds.weights": 3 }`; a value that `setting` does not have is null. Arrays of other lengths are one value. */
export function settingChanges(base: Setting, setting: Setting): Readonly<Record<string, Json>> {
  const changes: Record<string, Json> = {};
  compare('', base, setting, changes);
  return changes;
}

function compare(path: string, a: unknown, b: unknown, changes: Record<string, Json>): void {
  if (a === b) return;
  if (!isBranch(a) || !isBranch(b) || lengthOf(a) !== lengthOf(b)) {
    if (JSON.stringify(a) !== JSON.stringify(b)) changes[path] = (b ?? null) as Json;
    return;
  }
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    compare(path === '' ? key : `${path}.${key}`, a[key], b[key], changes);
  }
}

function isBranch(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

/** Null of what is no array. */
function lengthOf(value: object): number | null {
  return Array.isArray(value) ? value.length : null;
}
