import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of an ELF header, 64-bit. */
const ELF_HEADER = 64;
/** ELF's numbers of the machines that samebits has kernels for (System V ABI, `e_machine`). */
const ELF_MACHINES: Readonly<Record<string, number>> = { x64: 62, arm64: 183 };

/**
 * What is wrong with an ELF file at first sight, or null. The system's loader maps a truncated file without complaint
 * and the process dies later with SIGBUS; so its length is checked before. Other formats are left to the loader.
 *
 * @throws Error of `node:fs` where the file can't be read.
 */
export function damageOf(path: string): string | null {
  if (process.platform !== 'linux') return null;
  const header = Buffer.alloc(ELF_HEADER);
  const file = openSync(path, 'r');
  try {
    const read = readSync(file, header, 0, ELF_HEADER, 0);
    return damageOfElf(header.subarray(0, read), fstatSync(file).size);
  } finally {
    closeSync(file);
  }
}

function damageOfElf(header: Buffer, size: number): string | null {
  if (header.length < ELF_HEADER || header.readUInt32BE(0) !== 0x7f454c46) return 'it is not an ELF file';
  if (header[4] !== 2 || header[5] !== 1) return 'it is not a 64-bit little-endian ELF file';
  const machine = header.readUInt16LE(18);
  const wanted = ELF_MACHINES[process.arch];
  if (wanted !== undefined && machine !== wanted) {
    const name = Object.keys(ELF_MACHINES).find((arch) => ELF_MACHINES[arch] === machine) ?? `ELF machine ${machine}`;
    return `it is for ${name}, and this process is ${process.arch}`;
  }
  // The table of sections is the last thing in the file.
  const sections = Number(header.readBigUInt64LE(40)) + header.readUInt16LE(58) * header.readUInt16LE(60);
  return sections > size ? `it is truncated: ${size} bytes of ${sections}` : null;
}
