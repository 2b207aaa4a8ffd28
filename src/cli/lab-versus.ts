/** `samebits lab versus`. */
import type { Command } from 'commander';
import type { CauseName } from '../causes/cause.js';
import type { DataDescription } from '../compare/document.js';
import { expected } from '../errors.js';
import type { Contestant, VersusDocument } from '../lab/noise/documents.js';
import { NOISE_REPEATS } from '../lab/noise/plan.js';
import { parseRuns, type RecordedRuns, readRunFolders } from '../lab/noise/read-runs.js';
import { metricOf, pairBySeed, valuesOf } from '../lab/noise/sample.js';
import { versus } from '../lab/versus.js';
import { parseRecipe, type Recipe } from '../model/recipe.js';
import { versusStatements } from '../report/noise-sentence.js';
import { renderVersusText } from '../report/noise-text.js';
import { type VersusFlags, versusOptions } from './noise-options.js';
import { checkOutput, commandLine, deliver, documentHead, type Trainer, withTrainer } from './noise-session.js';
import { isDirectory } from './output-files.js';
import { readJson } from './recipe-options.js';

/** What a file or folder that was named holds. */
type Entrant = { readonly name: string } & ({ readonly recipe: Recipe } | { readonly recorded: RecordedRuns });

/** The runs of one side, made now or before. */
interface Side extends Contestant {
  readonly data: DataDescription;
  readonly causes: readonly CauseName[] | null;
}

/** @param signal Stops the work at step boundaries. */
export function labVersusCommand(signal: AbortSignal): Command {
  return versusOptions().action(async (a: string, b: string, data: string | undefined, flags: VersusFlags) => {
    checkOutput(flags);
    const entrants = [await readEntrant(a, 'a'), await readEntrant(b, 'b')] as const;
    const [first, second] = await sides(entrants, data, flags, signal);
    const line = commandLine(['versus', a, b, ...(data === undefined ? [] : [data])], flags, {
      repeats: flags.repeats,
      cause: flags.cause?.join(','),
      worth: flags.worth,
    });
    deliver(compared(first, second, flags, line), flags, renderVersusText);
  });
}

async function readEntrant(path: string, name: 'a' | 'b'): Promise<Entrant> {
  if (isDirectory(path)) return { name: path, recorded: await readRunFolders(path) };
  const content = readJson(path, 'a recipe, a document of lab noise or a folder with run folders', name);
  const { command } = Object(content) as { readonly command?: unknown };
  if (command === undefined) return { name: path, recipe: parseRecipe(content) };
  return { name: path, recorded: parseRuns(content, path) };
}

/** Trains the recipes; beside recorded runs with as many repeats and the same causes, so that they pair. */
function sides(
  entrants: readonly [Entrant, Entrant],
  data: string | undefined,
  flags: VersusFlags,
  signal: AbortSignal,
): Promise<[Side, Side]> {
  const recorded = entrants.flatMap((entrant) => ('recorded' in entrant ? [entrant.recorded] : []));
  const causes = flags.cause ?? recorded[0]?.causes ?? ['seed'];
  const repeats = flags.repeats ?? recorded[0]?.runs.length ?? NOISE_REPEATS;
  return withTrainer(flags, signal, async (train) => {
    const side = (entrant: Entrant): Promise<Side> => sideOf(entrant, train, { data, causes, repeats });
    return [await side(entrants[0]), await side(entrants[1])];
  });
}

async function sideOf(
  entrant: Entrant,
  train: Trainer,
  how: { readonly data: string | undefined; readonly causes: readonly CauseName[]; readonly repeats: number },
): Promise<Side> {
  const { name } = entrant;
  if ('recorded' in entrant) return { name, ...entrant.recorded };
  const { base, data, causes, runs } = await train({ name, recipe: entrant.recipe, ...how });
  return { name, recipe: { ...base.recipe }, data, causes, runs };
}

function compared(a: Side, b: Side, flags: VersusFlags, line: string): VersusDocument {
  if (a.data.hash !== b.data.hash) {
    throw expected(`the data of ${a.name} (${a.data.hash})`, b.name, b.data.hash, 'ERR_SAMEBITS_DATA');
  }
  const metric = metricOf([...a.runs, ...b.runs], flags.metric);
  const pairs = pairBySeed(a.runs, b.runs);
  const report = versus(valuesOf(pairs.a, metric), valuesOf(pairs.b, metric), {
    higherIsBetter: metric === 'accuracy',
    paired: pairs.paired,
    worth: flags.worth,
  });
  const document = {
    ...documentHead('lab versus', a.recipe, b.recipe),
    data: a.data,
    commandLine: line,
    metric,
    a: { name: a.name, recipe: a.recipe, runs: pairs.a },
    b: { name: b.name, recipe: b.recipe, runs: pairs.b },
    causes: JSON.stringify(a.causes) === JSON.stringify(b.causes) ? a.causes : null,
    report,
  };
  return { ...document, sentence: versusStatements(document).join(' ') };
}
