/** How tests look at tables, and at what readers refuse. */
import { SamebitsError, type Table } from 'samebits';
import { expect } from 'vitest';

/** The first rows, as plain objects. */
export function rowsOf(table: Table, count = table.rows): Record<string, unknown>[] {
  return Array.from({ length: count }, (_, row) => ({ ...table.row(row) }));
}

/** The error with which `reading` rejects, which is one of ours. */
export async function refusal(reading: Promise<unknown>): Promise<SamebitsError> {
  const error = await reading.then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SamebitsError);
  return error as SamebitsError;
}
