/** The table of docs/pytorch.md. */
import type { Agreement, TorchCase } from './agreement.js';

/** Markdown: a row for each case. samebits' bits are everywhere the same, so the figures are. */
export function agreementTable(cases: readonly TorchCase[], agreements: readonly Agreement[]): string {
  const rows = cases.map(({ group, name, torch }, i) => {
    const { weights, losses, moved } = agreements[i];
    const figures = [weights.toExponential(1), losses.toExponential(1), moved.toFixed(1)];
    return `| ${[group, name, torch, ...figures].join(' | ')} |`;
  });
  return ['| | samebits | PyTorch | weights | losses | moved |', '| --- | --- | --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
}
