/** From what was typed to experiments on their ground. */
import { statSync } from 'node:fs';
import { nearest } from '../arguments.js';
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
import { chosenSource } from './table-options.js';

/** Every built-in experiment. */
export const ALL = 'all';

/** What was typed, with what the files say. */
export function requestOf(experiment: string, data: string | undefined, flags: LabRunFlags): LabRequest {
  const isKnown = experiment === ALL || experimentNamed(experiment) !== undefined;
  return {
    experiment: isKnown ? experiment : experimentFile(experiment),
    data: data ?? null,
    target: flags.target ?? null,
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

/** An experiment on its ground, with what does it again by itself. */
export interface PreparedRequest extends Prepared {
  readonly request: LabRequest;
}

/** The experiments of a request on their ground, in the order of the list; their data are loaded. */
export async function prepareAll(request: LabRequest, lab: Lab): Promise<readonly PreparedRequest[]> {
  const prepared: PreparedRequest[] = [];
  for (const experiment of experimentsOf(request)) {
    const one = await requestFor(experiment, request, lab);
    prepared.push({ ...(await lab.prepare(experiment, choiceOf(one))), request: one });
  }
  return prepared;
}

/** Among all, an experiment that has no use for the data or the recipe is carried out on its own. */
async function requestFor(experiment: Experiment, request: LabRequest, lab: Lab): Promise<LabRequest> {
  if (request.experiment !== ALL) return request;
  const one = { ...request, experiment: experiment.name };
  if (experiment.base === null)
    return { ...one, data: null, target: null, recipe: null, epochs: null, rows: null, threads: null };
  return (await lab.accepts(experiment, choiceOf(one)))
    ? one
    : { ...one, data: null, target: null, recipe: null, rows: null };
}

/** The document of one experiment, or a collection where all were asked for. */
export async function concludeAll(
  request: LabRequest,
  prepared: readonly PreparedRequest[],
  lab: Lab,
  stores: readonly ResultStore[],
): Promise<LabDocument | LabCollection> {
  const documents: LabDocument[] = [];
  for (const one of prepared) documents.push(await lab.conclude(one, stores, commandLineOf(one.request)));
  return request.experiment === ALL ? makeCollection(documents, commandLineOf(request)) : documents[0];
}

function experimentsOf({ experiment }: LabRequest): readonly Experiment[] {
  if (experiment === ALL) return EXPERIMENTS;
  if (typeof experiment !== 'string') return [customExperiment(experiment.content)];
  const found = experimentNamed(experiment);
  if (found !== undefined) return [found];
  throw expected('a name from samebits lab list', 'the experiment', experiment);
}

function choiceOf({ data, target, recipe, repeats, epochs, rows, threads }: LabRequest): LabChoice {
  return {
    source: chosenSource(data ?? undefined, target ?? undefined),
    recipe: recipe === null ? undefined : parseRecipe(recipe.content),
    repeats: repeats ?? undefined,
    epochs: epochs ?? undefined,
    rows: rows ?? undefined,
    threads: threads ?? undefined,
  };
}
