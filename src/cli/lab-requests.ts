/** From what was typed to experiments on their ground. */
import { statSync } from 'node:fs';
import { nearest } from '../arguments.js';
import { namedSource } from '../data/named-source.js';
import { expected } from '../errors.js';
import { customExperiment } from '../lab/custom/custom.js';
import type { LabCollection, LabDocument } from '../lab/document.js';
import type { Experiment } from '../lab/experiment/experiment.js';
import { EXPERIMENTS, experimentNamed } from '../lab/experiments/index.js';
import type { Lab, LabChoice, Prepared } from '../lab/lab.js';
import { makeCollection } from '../lab/make-document.js';
import { commandLineOf, type LabRequest, type NamedFile } from '../lab/request.js';
import type { ResultStore } from '../lab/store/result-store.js';
import { parseRecipe } from '../model/recipe.js';
import type { LabRunFlags } from './lab-options.js';
import { readJson } from './recipe-options.js';

/** Every built-in experiment. */
export const ALL = 'all';

/** What was typed, with what the files say. */
export function requestOf(experiment: string, data: string | undefined, flags: LabRunFlags): LabRequest {
  const isKnown = experiment === ALL || experimentNamed(experiment) !== undefined;
  return {
    experiment: isKnown ? experiment : experimentFile(experiment),
    data: data ?? null,
    recipe:
      flags.recipe === undefined
        ? null
        : { path: flags.recipe, content: readJson(flags.recipe, 'a recipe', '--recipe') },
    repeats: flags.repeats ?? null,
    epochs: flags.epochs ?? null,
    rows: flags.rows ?? null,
    threads: flags.threads ?? null,
  };
}

function experimentFile(path: string): NamedFile {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() === true) {
    return { path, content: readJson(path, 'an experiment', 'the argument') };
  }
  const names = [...EXPERIMENTS.map(({ name }) => name), ALL];
  const near = nearest(path, names);
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  throw expected(`a name from samebits lab list, all, or a JSON file${hint}`, 'the experiment', path);
}

/** The experiments of a request on their ground, in the order of the list; their data are loaded. */
export async function prepareAll(request: LabRequest, lab: Lab): Promise<readonly Prepared[]> {
  const choice = choiceOf(request);
  const prepared: Prepared[] = [];
  for (const experiment of experimentsOf(request)) prepared.push(await lab.prepare(experiment, choice));
  return prepared;
}

/** The document of one experiment, or a collection where all were asked for. */
export async function concludeAll(
  request: LabRequest,
  prepared: readonly Prepared[],
  lab: Lab,
  stores: readonly ResultStore[],
): Promise<LabDocument | LabCollection> {
  const documents: LabDocument[] = [];
  for (const one of prepared) {
    const line = commandLineOf(request.experiment === ALL ? { ...request, experiment: one.experiment.name } : request);
    documents.push(await lab.conclude(one, stores, line));
  }
  return request.experiment === ALL ? makeCollection(documents, commandLineOf(request)) : documents[0];
}

function experimentsOf({ experiment }: LabRequest): readonly Experiment[] {
  if (experiment === ALL) return EXPERIMENTS;
  if (typeof experiment !== 'string') return [customExperiment(experiment.content)];
  const found = experimentNamed(experiment);
  if (found !== undefined) return [found];
  throw expected('a name from samebits lab list', 'the experiment', experiment);
}

function choiceOf({ data, recipe, repeats, epochs, rows, threads }: LabRequest): LabChoice {
  return {
    source: data === null ? undefined : namedSource(data),
    recipe: recipe === null ? undefined : parseRecipe(recipe.content),
    repeats: repeats ?? undefined,
    epochs: epochs ?? undefined,
    rows: rows ?? undefined,
    threads: threads ?? undefined,
  };
}
