/** What the rows of a training weigh (docs/numerics.md, section 4, "Row weights"). */
import { f32, mul } from './arithmetic.js';
import type { Loss } from './losses.js';
import { type Classified, classesOf } from './order.js';

/** Weights by class, or `balanced`. */
export type ClassWeights = 'balanced' | Readonly<Record<string, number>>;

/** Null: no row has one. */
export function trainingWeights(
  samples: Classified & { readonly weights?: Float32Array },
  loss: Loss,
  classWeights: ClassWeights | undefined,
): Float32Array | null {
  const { weights = null } = samples;
  if (classWeights === undefined) return weights;
  const classes = classesOf(samples, loss).map(String);
  const distinct = new Set(classes).size;
  return Float32Array.from(classes, (name, i) => {
    const count = classes.filter((other) => other === name).length;
    const given = classWeights === 'balanced' ? classes.length / (distinct * count) : (classWeights[name] ?? 1);
    return weights === null ? f32(given) : mul(weights[i], f32(given));
  });
}
