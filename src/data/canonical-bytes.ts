/** Binary32 as it is hashed and written: payloads of NaN differ between machines, and only there. */

const CANONICAL_NAN = 0x7fc0_0000;

/** The elements in binary32, every NaN as the same one. Copies only where there are NaNs. */
export function canonicalBytes(values: Float32Array): Uint8Array {
  let canonical = values;
  for (let i = 0; i < values.length; i += 1) {
    if (!Number.isNaN(values[i])) continue;
    if (canonical === values) canonical = new Float32Array(values);
    new Uint32Array(canonical.buffer, canonical.byteOffset, canonical.length)[i] = CANONICAL_NAN;
  }
  return new Uint8Array(canonical.buffer, canonical.byteOffset, canonical.byteLength);
}
