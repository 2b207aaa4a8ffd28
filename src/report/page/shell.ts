import { createHash } from 'node:crypto';
import { html, type Markup, scriptJson, trusted } from '../html.js';
import { script } from './script.js';
import { style } from './style.js';

/** A page: its title and its parts. */
export interface Page {
  readonly title: string;
  /** One sentence for previews and search. */
  readonly description: string;
  /** Left part of the running head, such as the name of the command. */
  readonly running: Markup;
  readonly main: Markup;
  readonly footer: Markup;
  /** Plain JSON that the page carries along, in a script element with the id `document`. */
  readonly data: unknown;
}

/**
 * Wraps a page into one HTML file that asks for nothing: style and script are inside, and its content security policy
 * lets only this very script run and no request leave, whatever a document should bring along.
 */
export function renderPage({ title, description, running, main, footer, data }: Page): string {
  const digest = createHash('sha256').update(script).digest('base64');
  const policy = `default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${digest}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="description" content="${description}">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${trusted(style)}</style>
</head>
<body>
<header><div class="running"><span>${running}</span><button type="button" class="theme" hidden>Dark page</button></div></header>
<main>${main}</main>
<footer>${footer}</footer>
<script type="application/json" id="document">${scriptJson(data)}</script>
<script>${trusted(script)}</script>
</body>
</html>
`;
  return page.text;
}
