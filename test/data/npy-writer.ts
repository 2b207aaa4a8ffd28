/** Files of NumPy's format for tests, good ones and such as lie. */

export function npyBytes(descr: string, shape: string, payload: Uint8Array, order = 'False'): Buffer {
  const header = Buffer.from(
    `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }`.padEnd(117),
    'latin1',
  );
  const head = Buffer.from([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length + 1, 0]);
  return Buffer.concat([head, header, Buffer.from('\n'), payload]);
}
