/** `samebits lab noise` and `samebits lab tolerance`. */
import type { Command } from 'commander';
import type { NoiseDocument, ToleranceDocument } from '../lab/noise/documents.js';
import { NOISE_REPEATS } from '../lab/noise/plan.js';
import { differentBits, metricOf, valuesOf } from '../lab/noise/sample.js';
import { noiseFloor } from '../lab/noise-floor.js';
import { proposeTolerance } from '../lab/tolerance.js';
import { noiseStatements, toleranceStatements } from '../report/noise-sentence.js';
import { renderNoiseText, renderToleranceText } from '../report/noise-text.js';
import { noiseOptions, type SampleFlags, toleranceOptions } from './noise-options.js';
import { checkOutput, commandLine, deliver, documentHead, type Sample, withTrainer } from './noise-session.js';
import { readRecipe } from './recipe-options.js';

/** @param signal Stops the work at step boundaries. */
export function labNoiseCommand(signal: AbortSignal): Command {
  return noiseOptions().action(async (data: string | undefined, flags: SampleFlags) => {
    const sample = await measured('noise', data, flags, signal);
    const parts = partsOf('noise', data, flags, sample);
    const report = noiseFloor(valuesOf(sample.runs, parts.metric), { falseAlarm: flags.falseAlarm });
    const document = { ...documentHead('lab noise', sample.base.recipe), ...parts, report };
    deliver<NoiseDocument>({ ...document, sentence: noiseStatements(document).join(' ') }, flags, renderNoiseText);
  });
}

/** @param signal Stops the work at step boundaries. */
export function labToleranceCommand(signal: AbortSignal): Command {
  return toleranceOptions().action(async (data: string | undefined, flags: SampleFlags) => {
    const sample = await measured('tolerance', data, flags, signal);
    const parts = partsOf('tolerance', data, flags, sample);
    const report = proposeTolerance(valuesOf(sample.runs, parts.metric), { falseAlarm: flags.falseAlarm });
    const document = { ...documentHead('lab tolerance', sample.base.recipe), ...parts, report };
    const sentence = toleranceStatements(document).join(' ');
    deliver<ToleranceDocument>({ ...document, sentence }, flags, renderToleranceText);
  });
}

async function measured(
  name: string,
  data: string | undefined,
  flags: SampleFlags,
  signal: AbortSignal,
): Promise<Sample> {
  checkOutput(flags);
  const recipe = flags.recipe === undefined ? undefined : readRecipe(flags.recipe);
  const { cause: causes = ['seed'], repeats } = flags;
  return withTrainer(flags, signal, (train) => train({ name, recipe, data, causes, repeats }));
}

/** All that the two documents have in common after the head. */
function partsOf(command: string, data: string | undefined, flags: SampleFlags, sample: Sample) {
  const { base, causes, runs } = sample;
  return {
    recipe: { ...base.recipe },
    data: sample.data,
    commandLine: commandLine([command, ...(data === undefined ? [] : [data])], flags, {
      recipe: flags.recipe,
      repeats: flags.repeats ?? NOISE_REPEATS,
      cause: causes.join(','),
      'false-alarm': flags.falseAlarm,
    }),
    metric: metricOf(runs, flags.metric),
    causes,
    runs,
    differentBits: differentBits(runs),
  };
}
