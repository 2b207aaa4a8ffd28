// node scripts/golden-data.mjs: writes data/golden.json, what `samebits doctor` computes again, from the golden files of
// the tests (the oracle's) and the arguments that are hardest to round (MPFR's). With --check, only says whether it is
// up to date.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './build.mjs';
import { conclude } from './findings.mjs';

const CONTRACT = 1;
const target = join(root, 'data', 'golden.json');

const read = (...path) => JSON.parse(readFileSync(join(root, 'test', ...path), 'utf8'));
const golden = (name) => read('golden', `${name}.json`);

/** Arguments and values, each as one string of 8 hexadecimal digits per number. */
const hardCases = read('math', 'hard-cases.json').functions;
const elementary = Object.entries(golden('elementary')).map(([name, oracles]) => {
  const hard = hardCases[name].map((pair) => pair.map((bits) => bits.slice('0x'.length)));
  const pairs = [...new Map([...oracles, ...hard])];
  return [name, { arguments: pairs.map(([x]) => x).join(''), values: pairs.map(([, y]) => y).join('') }];
});

const networks = golden('networks').map(({ recipe, expected }) => ({
  recipe,
  expected: {
    weights: Object.entries(expected.weights).at(-1)[1],
    state: expected.state,
    evaluateLoss: expected.evaluateLoss,
    predictions: expected.predictions,
  },
}));

// One entry a line, so that a change shows as one.
const lines = (entries) => entries.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n');
const text = `{
  "contract": ${CONTRACT},
  "products": [
${lines(golden('products'))}
  ],
  "elementary": {
${elementary.map(([name, bits]) => `    ${JSON.stringify(name)}: ${JSON.stringify(bits)}`).join(',\n')}
  },
  "networks": [
${lines(networks)}
  ]
}
`;

if (process.argv.includes('--check')) {
  const current = readFileSync(target, 'utf8') === text;
  conclude('data/golden.json', current ? [] : ['data/golden.json is out of date: node scripts/golden-data.mjs']);
}
writeFileSync(target, text);
