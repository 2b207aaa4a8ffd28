/** Something that is at hand, or what is missing for it. */
import { SamebitsError } from '../../errors.js';

export type Found<T> = { readonly value: T } | { readonly missing: string };

/** What `body` gives, or the words of its error. */
export function orReason<T>(body: () => T): Found<T> {
  try {
    return { value: body() };
  } catch (error) {
    return { missing: reasonOf(error) };
  }
}

/** The words of an error of this package; any other is thrown on. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof SamebitsError)) throw error;
  return error.message;
}
