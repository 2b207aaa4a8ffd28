import type { DocumentHead, MachineDescription } from '../../compare/document.js';
import { formatCount } from '../format.js';
import { html, type Markup } from '../html.js';

/** Names with their values. */
export function pairs(entries: readonly (readonly [string, string | Markup])[]): Markup {
  return html`<dl class="pairs">${entries.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`;
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

function recipeEntry(value: unknown): string | Markup {
  if (Array.isArray(value) && value.some((item) => typeof item === 'object' && item !== null)) {
    return html`${value.map((item, i) => html`${i === 0 ? '' : html`<br>`}${typeof item === 'object' && item !== null ? members(item) : plain(item)}`)}`;
  }
  if (Array.isArray(value)) return value.map(plain).join(', ');
  return typeof value === 'object' && value !== null ? members(value) : plain(value);
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

/** What it takes to get the same again: the line, the recipe, the data, the machine. Common to all commands. */
export function setupSection(head: DocumentHead<string>): Markup {
  const { data } = head;
  return html`<section><h2 id="repeat">To repeat this</h2><pre class="line">${head.commandLine}</pre><div class="columns"><div><h3>Data</h3>${pairs(
    [
      ['name', data.name],
      ['training rows', formatCount(data.rows)],
      ['test rows', formatCount(data.testRows)],
      ['columns', formatCount(data.columns)],
      ['SHA-256', html`<code>${data.hash}</code>`],
    ],
  )}</div><div><h3>Machine</h3>${pairs(machineEntries(head.machine))}</div></div><h3>Recipe</h3>${pairs(
    Object.entries(head.recipe)
      .map(([key, value]) => [key, recipeEntry(value)] as const)
      .filter(([, entry]) => entry !== ''),
  )}<details><summary>The recipe as JSON</summary><pre tabindex="0">${JSON.stringify(head.recipe, null, 2)}</pre></details></section>`;
}
