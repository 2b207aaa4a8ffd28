/** Numbers of binary32 as short decimals. */

/** The shortest decimal that is read back as the same binary32: `0.1`, not 0.10000000149011612. `NaN`, `Infinity` as they are. */
export function shortestBinary32(value: number): string {
  for (let digits = 6; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  // Nine always do.
  return String(Number(value.toPrecision(9)));
}
