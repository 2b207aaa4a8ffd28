/** What a generator gives, some steps before it is asked for. */

/**
 * The values of `source` in order. `steps` of them are under way while the one before is used: whatever it awaits goes on
 * meanwhile. Ending it early ends the source.
 */
export async function* ahead<T>(
  source: AsyncGenerator<T, void, undefined>,
  steps: number,
): AsyncGenerator<T, void, undefined> {
  const coming: Promise<IteratorResult<T, void>>[] = [];
  const ask = (): void => {
    const next = source.next();
    // It is awaited later, or never where the loop ends early: no rejection may go unheard until then.
    next.catch(() => {});
    coming.push(next);
  };
  try {
    for (let step = 0; step < steps; step += 1) ask();
    for (;;) {
      const result = await (coming.shift() as Promise<IteratorResult<T, void>>);
      if (result.done === true) return;
      ask();
      yield result.value;
    }
  } finally {
    await source.return();
  }
}
