/** Runs and factors as the report has them. */
import type { ExaminedRun } from './examined.js';
import type { Factor } from './factor.js';
import type { Peeled } from './peel.js';
import type { WhyFactor, WhyRun, WhyVerdict } from './report.js';

export function describeRun({ path, folder, setting, steps, checkpoints }: ExaminedRun): WhyRun {
  const { status, contract, sessions, options, result, data } = folder.manifest;
  const { platform, arch, cpu } = sessions[0].machine;
  return {
    path,
    status,
    contract,
    versions: [...new Set(sessions.map(({ version }) => version))],
    machine: `${platform} ${arch}, ${cpu}`,
    threads: setting.execution.threads,
    isa: setting.execution.isa,
    reduction: setting.recipe.reduction,
    steps,
    fingerprint: result?.fingerprint ?? null,
    trace: options.trace,
    checkpoints,
    dataHash: data.hash,
  };
}

/** @param longer One run made more steps than the other, whose steps are the same. */
export function describeFactor(
  { name, title, kind, remedy, a, b, idle }: Factor,
  verdict: WhyVerdict,
  peeled: Peeled | null,
  longer: boolean,
): WhyFactor {
  const swapped = verdict === 'explained' && peeled?.explained.some((factor) => factor.name === name);
  const explains = swapped || (longer && name === 'epochs');
  const none = idle || verdict === 'equal' || verdict === 'explained';
  return { name, title, kind, remedy, a, b, effect: explains ? 'explains' : none ? 'none' : 'unknown' };
}
