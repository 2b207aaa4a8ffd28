// npm run check:arithmetic: no arithmetic that the numerics contract doesn't name. JavaScript's and C's transcendental
// functions differ between versions and machines, in the last bit.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './build.mjs';
import { conclude, repositoryFiles } from './findings.mjs';

/** Layers whose numbers never reach a weight, a prediction, a loss or a metric: they draw and print. */
const FREE = ['src/report/', 'src/cli/'];
const SAFE_MATH = [
  'abs',
  'ceil',
  'clz32',
  'floor',
  'fround',
  'imul',
  'max',
  'min',
  'round',
  'sign',
  'sqrt',
  'trunc',
  'LN2',
  'LOG2E',
  'PI',
  'SQRT2',
];
const LIBM =
  /\b(?:std::)?(?:exp|exp2|expm1|log|log2|log10|log1p|pow|sin|cos|tan|tanh|sinh|cosh|erf|cbrt|hypot)[fl]?\s*\(/;
const FLAGS = /-ffast-math|-Ofast|-funsafe-math|-fassociative-math|-freciprocal-math|-ffp-contract=(?:fast|on)/;

const findings = [];
for (const file of repositoryFiles('.ts', '.mts').filter((name) => name.startsWith('src/'))) {
  if (!FREE.some((folder) => file.startsWith(folder))) checkTypeScript(file);
}
for (const file of repositoryFiles('.cc', '.h').filter((name) => /^native\/(engine|binding)\//.test(name)))
  checkCpp(file);
for (const file of [
  'native/sources.json',
  'native/common.gypi',
  'native/kernels.gypi',
  'binding.gyp',
  'CMakeLists.txt',
]) {
  if (FLAGS.test(readFileSync(join(root, file), 'utf8')))
    findings.push(`${file}: a flag that lets the compiler change bits`);
}
conclude('arithmetic', findings);

function checkTypeScript(file) {
  const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.Latest, true);
  const complain = (node, what) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart());
    findings.push(`${file}:${line + 1}: ${what} is not in the numerics contract`);
  };
  const visit = (node) => {
    if (
      ts.isPropertyAccessExpression(node) &&
      node.expression.getText() === 'Math' &&
      !SAFE_MATH.includes(node.name.text)
    ) {
      complain(node, `Math.${node.name.text}`);
    }
    const isPower =
      ts.isBinaryExpression(node) &&
      [ts.SyntaxKind.AsteriskAsteriskToken, ts.SyntaxKind.AsteriskAsteriskEqualsToken].includes(
        node.operatorToken.kind,
      );
    // 2 ** 32 is a constant that every compiler folds to the same value; what depends on a variable is not.
    if (isPower && !(ts.isNumericLiteral(node.left) && /^-?\d+$/.test(node.right.getText()))) complain(node, '**');
    ts.forEachChild(node, visit);
  };
  visit(source);
}

function checkCpp(file) {
  for (const [index, line] of readFileSync(join(root, file), 'utf8').split('\n').entries()) {
    const code = line
      .replace(/\/\/.*/, '')
      .replace(/"[^"]*"/g, '""')
      .replace(/(?:->|\.)\w+\s*\(/g, '(');
    if (LIBM.test(code)) findings.push(`${file}:${index + 1}: a function of the C library that rounds as it likes`);
  }
}
