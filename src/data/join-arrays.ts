/** Arrays one behind the other. */

/** @param like Of the type of the result, which it has where there are no parts. */
export function joinArrays<T extends Float32Array | Uint32Array>(parts: readonly T[], like: T): T {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const whole = (like instanceof Float32Array ? new Float32Array(length) : new Uint32Array(length)) as T;
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
