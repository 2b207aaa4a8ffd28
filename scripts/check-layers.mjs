// npm run check:layers: each layer imports only what is below it, and includes in native/ respect the borders.
import { readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { root } from './build.mjs';
import { conclude, repositoryFiles } from './findings.mjs';

/** Folders of src/, lowest first. The public entry points directly in src/ stand between the report and the command. */
const LAYERS = [
  'native',
  'random',
  'data',
  'metrics',
  'model',
  'runs',
  'train',
  'exchange',
  'causes',
  'compare',
  'bench',
  'doctor',
  'lab',
  'report',
  'entry points',
  'cli',
];

/** Packages that belong to one place. */
const PACKAGES = {
  commander: ['cli'],
  'cli-progress': ['cli'],
  picocolors: ['cli', 'report'],
  'cli-table3': ['cli', 'report'],
  'csv-parse': ['data'],
  hyparquet: ['data'],
  'hyparquet-compressors': ['data'],
  piscina: ['compare', 'lab'],
  'simple-statistics': ['lab', 'train'],
};

/** System headers that kernels may include: declarations and intrinsics, nothing that emits code. */
const KERNEL_HEADERS = ['stddef.h', 'stdint.h', 'float.h', 'string.h', 'immintrin.h', 'arm_neon.h', 'type_traits'];

const findings = [];
for (const file of repositoryFiles('.ts', '.mts').filter((name) => name.startsWith('src/'))) checkImports(file);
for (const file of repositoryFiles('.cc', '.h').filter((name) => name.startsWith('native/'))) checkIncludes(file);
conclude('layers', findings);

function layerOf(path) {
  const parts = path.split('/');
  if (parts.length > 2) return parts[1];
  return /^(errors|arguments|format|package-root)\./.test(parts[1]) ? 'errors' : 'entry points';
}

function checkImports(file) {
  const layer = layerOf(file);
  const rank = layer === 'errors' ? -1 : LAYERS.indexOf(layer);
  if (layer !== 'errors' && rank < 0) findings.push(`${file}: the folder src/${layer} is no layer`);
  for (const { fileName } of ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true).importedFiles) {
    if (!fileName.startsWith('.')) {
      const homes = PACKAGES[fileName.split('/')[0]];
      if (homes !== undefined && !homes.includes(layer)) {
        findings.push(`${file}: ${fileName} belongs to ${homes.map((home) => `src/${home}`).join(' and ')}`);
      }
      continue;
    }
    const target = normalize(join(dirname(file), fileName));
    if (!target.startsWith('src/')) {
      if (target !== 'package.json') findings.push(`${file}: imports ${fileName}, which is outside src/`);
      continue;
    }
    const targetLayer = layerOf(target);
    if (targetLayer !== 'errors' && targetLayer !== layer && LAYERS.indexOf(targetLayer) > rank) {
      findings.push(`${file}: ${layer} imports ${fileName}, but ${targetLayer} is above it`);
    }
  }
}

function checkIncludes(file) {
  const folder = file.split('/')[1];
  const isReference = /^native\/kernels\/reference(_\w+)?\.(cc|h)$/.test(file);
  for (const [, open, name] of readFileSync(join(root, file), 'utf8').matchAll(
    /^\s*#\s*include\s*([<"])([^>"]+)[>"]/gm,
  )) {
    const complain = (reason) => findings.push(`${file}: includes ${name}, but ${reason}`);
    if (/^(napi|node|node_api|js_native_api|uv|v8)\.h$|^napi-/.test(name) && folder !== 'binding') {
      complain('only native/binding knows JavaScript');
    }
    if (open === '<') {
      if (folder === 'kernels' && !isReference && !KERNEL_HEADERS.includes(name)) {
        complain(`kernels may include only ${KERNEL_HEADERS.join(', ')}`);
      }
      continue;
    }
    const target = includeTarget(file, name);
    if (target === null) {
      if (folder !== 'binding' || !/^napi|^node_api/.test(name)) complain('there is no such file in native/');
      continue;
    }
    const targetFolder = target.split('/')[1];
    if (isReference && !/\/reference(_\w+)?\.h$/.test(target))
      complain('the reference shares nothing with the kernels');
    if (folder === 'kernels' && targetFolder !== 'kernels') complain('kernels know only each other');
    if (folder === 'engine' && targetFolder === 'binding') complain('the engine is below the binding');
  }
}

/** A quoted include is relative to its file or to native/. */
function includeTarget(file, name) {
  const known = new Set(repositoryFiles('.h', '.cc'));
  const places = [normalize(join(dirname(file), name)), normalize(join('native', name))];
  return places.find((place) => known.has(place)) ?? null;
}
