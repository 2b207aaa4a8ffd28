import { nonFiniteAsText } from './numbers.js';

/** Text that is HTML or SVG already. Only {@link html} and {@link trusted} make it, so all else is escaped. */
export class Markup {
  constructor(readonly text: string) {}

  toString(): string {
    return this.text;
  }
}

type Insertable = Markup | string | number | readonly (Markup | string | number)[];

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Escapes text for an element or a quoted attribute. Control characters, which HTML forbids, become U+FFFD. */
export function escapeText(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  const printable = text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '\ufffd');
  return printable.replace(/[&<>"']/g, (character) => entities[character]);
}

function insert(value: Insertable): string {
  if (value instanceof Markup) return value.text;
  if (Array.isArray(value)) return value.map(insert).join('');
  return escapeText(String(value));
}

/** A template whose inserted values are escaped, unless they are markup themselves; arrays are joined without a comma. */
export function html(strings: TemplateStringsArray, ...values: readonly Insertable[]): Markup {
  return new Markup(strings.reduce((text, part, i) => text + insert(values[i - 1]) + part));
}

/** A text to be read: no line breaks between a number and its per cent sign. */
export function prose(text: string): string {
  return text.replace(/(\d) %/g, '$1\u00a0%');
}

/** Marks text as HTML. Only for constants of this package, never for anything that comes from a document. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

export const nothing = new Markup('');

/** JSON that can stand in a script element: no `<` can close it, and no number is lost to `null`. */
export function scriptJson(value: unknown): Markup {
  const text = JSON.stringify(value, nonFiniteAsText);
  return new Markup(text.replace(/[<>&\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`));
}
