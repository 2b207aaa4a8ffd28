import type { DataDescription, DocumentHead, MachineDescription } from '../../compare/document.js';
import { formatCount } from '../format.js';
import { html, type Markup, nothing } from '../html.js';

/** Names with their values. */
export function pairs(entries: readonly (readonly [string, string | Markup])[]): Markup {
  return html`<dl class="pairs">${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** A value of the recipe on one line: words bare, all else as JSON. */
function plain(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
}

/** Members of an object that say something, side by side: `type: dense, units: 512`. */
function members(value: object): string {
  return Object.entries(value)
    .filter(([, member]) => member !== null)
    .map(([key, member]) => `${key}: ${plain(member)}`)
    .join(', ');
}

/** Objects of a list on a line each, such as layers; so too where the list is all that an object has. */
function recipeEntry(value: unknown): string | Markup {
  if (Array.isArray(value) && value.some(isObject)) {
    return html`${value.map((item, i) => html`${i === 0 ? '' : html`<br>`}${isObject(item) ? members(item) : plain(item)}`)}`;
  }
  if (Array.isArray(value)) return value.map(plain).join(', ');
  if (!isObject(value)) return plain(value);
  const only = Object.values(value);
  return only.length === 1 && Array.isArray(only[0]) ? recipeEntry(only[0]) : members(value);
}

/** The machine, for {@link pairs}. */
export function machineEntries(machine: MachineDescription): [string, string][] {
  return [
    ['processor', machine.cpu],
    ['cores', String(machine.cores)],
    ['instruction sets', machine.instructionSets.join(', ')],
    ['memory', `${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB`],
    ['system', `${machine.platform} ${machine.arch}`],
    ['Node', machine.node],
  ];
}

/** What {@link setupSection} tells of a document. */
export interface Setup {
  readonly commandLine: string;
  readonly machine: MachineDescription;
  /** Null where nothing was trained. */
  readonly recipe: DocumentHead<string>['recipe'] | null;
  readonly data: DataDescription | null;
}

function dataEntries(data: DataDescription): [string, string | Markup][] {
  return [
    ['name', data.name],
    ['training rows', formatCount(data.rows)],
    ['test rows', formatCount(data.testRows)],
    ['columns', formatCount(data.columns)],
    ['SHA-256', html`<code>${data.hash}</code>`],
  ];
}

function recipeMarkup(recipe: DocumentHead<string>['recipe']): Markup {
  return html`<h3>Recipe</h3>${pairs(
    Object.entries(recipe)
      .map(([key, value]) => [key, recipeEntry(value)] as const)
      .filter(([, entry]) => entry !== ''),
  )}<details><summary>The recipe as JSON</summary><pre tabindex="0">${JSON.stringify(recipe, null, 2)}</pre></details>`;
}

/** What it takes to get the same again: the line, the recipe, the data, the machine. Common to all commands. */
export function setupSection({ commandLine, machine, recipe, data }: Setup): Markup {
  const dataColumn = data === null ? nothing : html`<div><h3>Data</h3>${pairs(dataEntries(data))}</div>`;
  return html`<section><h2 id="repeat">To repeat this</h2><pre class="line">${commandLine}</pre><div class="columns">${dataColumn}<div><h3>Machine</h3>${pairs(machineEntries(machine))}</div></div>${recipe === null ? nothing : recipeMarkup(recipe)}</section>`;
}
