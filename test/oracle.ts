/**
 * The oracle: a second implementation of the numerics contract, written from docs/numerics.md alone. It shares no code
 * with the addon or with src, and is slow and plain: every operation is one rounding that can be read off the page. The
 * golden files come from it.
 */
export * as arithmetic from './oracle/arithmetic.js';
export * as elementary from './oracle/elementary.js';
export { fingerprint, mark } from './oracle/fingerprint.js';
export * as layers from './oracle/layers.js';
export { hasAccuracy, nameOf } from './oracle/losses.js';
export { type FitOptions, Network, type NetworkRecipe, type Samples, type Score } from './oracle/network.js';
export * as order from './oracle/order.js';
export * as random from './oracle/random.js';
export * as rowWeights from './oracle/row-weights.js';
export * as rows from './oracle/rows.js';
export * as sums from './oracle/sums.js';
