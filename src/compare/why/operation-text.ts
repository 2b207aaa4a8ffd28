/** Operations in words: `the weight gradient of layer 2 (dense_2/kernel)`. */

import { formatCount, formatMagnitude } from '../../format.js';
import type { OperationDifference } from '../anatomy/compare.js';

/** Distances beyond this say no more than that the values are others. */
const MOST_ULP = 1_000_000;

type Named = Pick<OperationDifference, 'kind' | 'place' | 'layer' | 'parameter'>;

/** @param step The step whose operation it is; 0 for the state that training began with. */
export function operationText({ kind, place, layer, parameter }: Named, step: number): string {
  const where = layer === null ? ` of ${place}` : ` of layer ${layer + 1} (${place})`;
  const before = layer === null ? ` of ${place}` : ` before layer ${layer + 1} (${place})`;
  const what = parameter === 'bias' ? 'biases' : parameter === 'embeddings' ? 'embeddings' : 'weights';
  switch (kind) {
    case 'order':
      return 'the choice of the rows of the batch';
    case 'data':
      return 'the data of the batch';
    case 'targets':
      return 'the targets of the batch';
    case 'mask':
      return `the dropout mask${before}`;
    case 'noise':
      return `the noise${before}`;
    case 'statistics':
      return `the statistics${where}`;
    case 'forward':
      return `the outputs${where}`;
    case 'loss':
      return 'the losses of the rows';
    case 'penalty':
      return `the penalty${where}`;
    case 'outputGradient':
      return 'the gradient of the outputs';
    case 'inputGradient':
      return `the input gradient${where}`;
    case 'activationGradient':
      return `the gradient through the activation${where}`;
    case 'gradient':
      return `the ${parameter === 'bias' ? 'bias' : parameter === 'embeddings' ? 'embedding' : 'weight'} gradient${where}`;
    case 'optimizerState':
      return `the optimizer's state${where}`;
    case 'weights':
      return step === 0 ? `the initial ${what}${where}` : `the update of the ${what}${where}`;
  }
}

/** `, by 1 ULP`; nothing where a distance says nothing. */
export function distanceText({ kind, first, otherShape, shape }: OperationDifference): string {
  if (otherShape !== null)
    return kind === 'order'
      ? `, ${shape} and ${otherShape} of them`
      : `, of other shapes: ${shapesText(shape, otherShape)}`;
  const ulp = first?.ulp;
  if (ulp === undefined) return '';
  if (Number.isNaN(ulp)) return ', where one of them has NaN';
  return ulp <= MOST_ULP ? `, by ${formatCount(ulp)} ULP` : '';
}

/** A line on how much of an operation's result differs: `37 of 512, up to 5 ULP; first [3, 7]: 0.1 and 0.2`. */
export function extentText({ shape, first, differing, elements, maxUlp, otherShape }: OperationDifference): string {
  if (otherShape !== null) return shapesText(shape, otherShape);
  const share = `${formatCount(differing)} of ${formatCount(elements)}`;
  if (first === null) return `${share}: only one run has it`;
  const far = maxUlp === null || !(maxUlp <= MOST_ULP) ? '' : `, up to ${formatCount(maxUlp)} ULP`;
  const [a, b] = [first.a, first.b].map((value) =>
    first.aHex === undefined ? String(value) : formatMagnitude(value, 9),
  );
  const bits = first.aHex === undefined ? '' : ` (${first.aHex}, ${first.bHex})`;
  return `${share}${far}; [${first.at.join(', ')}]: ${a}, ${b}${bits}`;
}

function shapesText(a: readonly number[], b: readonly number[]): string {
  return `[${a.join(', ')}] and [${b.join(', ')}]`;
}
