/**
 * Name of the folder in `prebuilds/` whose addon fits this process: `<platform>-<architecture>`, on Linux followed by
 * the C library, e.g. `linux-x64-glibc`.
 */
export function prebuildFolder(): string {
  const base = `${process.platform}-${process.arch}`;
  return process.platform === 'linux' ? `${base}-${linuxLibc()}` : base;
}

function linuxLibc(): 'glibc' | 'musl' {
  // Listing the network's interfaces would make the report slow; not every Node that we run on has this switch.
  const report = process.report as typeof process.report & { excludeNetwork?: boolean };
  const before = report.excludeNetwork;
  report.excludeNetwork = true;
  const { header } = report.getReport() as unknown as { header: { glibcVersionRuntime?: string } };
  if (before !== undefined) report.excludeNetwork = before;
  return header.glibcVersionRuntime === undefined ? 'musl' : 'glibc';
}
