/** `samebits lab list`. */
import { Command } from 'commander';
import { EXPERIMENTS } from '../lab/experiments/index.js';

const WIDTH = 80;
const INDENT = '    ';

export function labListCommand(): Command {
  return new Command('list').description('list the built-in experiments: name, cost, question').action(() => {
    const width = Math.max(...EXPERIMENTS.map(({ name }) => name.length));
    const entries = EXPERIMENTS.map(
      ({ name, summary, question }) =>
        `${`${name.padEnd(width)}  ${summary}`.slice(0, WIDTH)}\n${wrapped(question, WIDTH - INDENT.length)}\n`,
    );
    process.stdout.write(entries.join(''));
  });
}

function wrapped(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].map((one) => INDENT + one).join('\n');
}
