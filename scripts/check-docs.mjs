// npm run check:docs: links between pages lead somewhere, and the commands that pages name exist.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { root } from './build.mjs';
import { conclude, repositoryFiles } from './findings.mjs';

const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
/** Words after `npm` that are npm's own and need no script. */
const NPM_COMMANDS = ['ci', 'i', 'install', 'pack', 'run', 'publish', 'link', 'view'];

const findings = [];
for (const file of repositoryFiles('.md')) {
  const text = readFileSync(join(root, file), 'utf8');
  checkLinks(file, withoutCode(text));
  checkCommands(file, text);
}
conclude('pages', findings);

/** Code has brackets and parentheses that are no links. */
function withoutCode(text) {
  return text.replace(/^```[\s\S]*?^```/gm, '').replace(/`[^`\n]*`/g, '');
}

function checkLinks(file, text) {
  const targets = [...text.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g), ...text.matchAll(/<img[^>]+src="([^"]+)"/g)];
  for (const [, target] of targets) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path, anchor] = target.split('#');
    const page = path === '' ? file : normalize(join(dirname(file), path));
    if (!existsSync(join(root, page))) findings.push(`${file}: the link ${target} leads nowhere`);
    else if (anchor && page.endsWith('.md') && !anchorsOf(page).has(anchor)) {
      findings.push(`${file}: ${page} has no heading #${anchor}`);
    }
  }
}

/** Anchors as GitHub makes them of headings. */
function anchorsOf(page) {
  const headings = readFileSync(join(root, page), 'utf8').matchAll(/^#+\s+(.+)$/gm);
  return new Set(
    [...headings].map(([, heading]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .trim()
        .replace(/\s/g, '-'),
    ),
  );
}

function checkCommands(file, text) {
  for (const [, script] of text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)) {
    if (!(script in scripts)) findings.push(`${file}: there is no script ${script}`);
  }
  for (const [, command] of text.matchAll(/`(?:[^`\n]*&& )?npm ([a-z]+)\b/g)) {
    if (!(command in scripts) && !NPM_COMMANDS.includes(command))
      findings.push(`${file}: npm ${command} needs a script`);
  }
}
