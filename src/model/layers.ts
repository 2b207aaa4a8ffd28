/** Layers as plain, serialisable descriptions. */
import * as v from 'valibot';
import { check, fields, type Schema } from '../arguments.js';
import { embeddingSchema, type LookUpLayer, tableInputSchema } from './embeddings.js';
import { withoutUndefined } from './layer-entries.js';
import { type ActivationLayer, activationLayerSchema } from './layers/activation.js';
import { type BatchNormalizationLayer, batchNormalizationSchema } from './layers/batch-normalization.js';
import { type DenseLayer, denseSchema } from './layers/dense.js';
import { type DropoutLayer, dropoutSchema } from './layers/dropout.js';
import { type GaussianNoiseLayer, gaussianNoiseSchema } from './layers/gaussian-noise.js';
import { type LayerNormalizationLayer, layerNormalizationSchema } from './layers/layer-normalization.js';
import { type RescalingLayer, rescalingSchema } from './layers/rescaling.js';
import { type ResidualLayer, type ResidualOptions, residualEntries, residualSchemaOf } from './layers/residual.js';

export * from './layers/activation.js';
export * from './layers/batch-normalization.js';
export * from './layers/dense.js';
export * from './layers/dropout.js';
export * from './layers/gaussian-noise.js';
export * from './layers/layer-normalization.js';
export * from './layers/rescaling.js';
export type * from './layers/residual.js';

/** A layer of a model: what {@link dense}, {@link dropout} and the others give. */
export type Layer =
  | ActivationLayer
  | BatchNormalizationLayer
  | DenseLayer
  | DropoutLayer
  | GaussianNoiseLayer
  | LayerNormalizationLayer
  | RescalingLayer
  | ResidualLayer
  | LookUpLayer;

export const layerSchema: Schema<Layer> = v.variant(
  'kind',
  [
    activationLayerSchema,
    batchNormalizationSchema,
    denseSchema,
    dropoutSchema,
    gaussianNoiseSchema,
    layerNormalizationSchema,
    rescalingSchema,
    residualSchemaOf(() => layerSchema),
    embeddingSchema,
    tableInputSchema,
  ],
  "a layer of kind 'dense', 'activation', 'batchNormalization', 'layerNormalization', 'dropout', 'gaussianNoise', 'residual', 'rescaling', 'embedding' or 'tableInput', as dense() and the others give,",
);

const residualOptions = fields(residualEntries(() => layerSchema));

/**
 * A block of layers with a way around it: `x + f(x)`, `f` being what its layers make of `x` (He, Zhang, Ren and Sun, "Deep Residual
 * Learning for Image Recognition", 2016). Gradients take both ways. The block gives as many units as it takes in. Blocks may stand
 * in blocks; the layers in one are counted and named with all others of the model.
 *
 * @example
 * [dense({ units: 64 }), residual({ layers: [dense({ units: 64, activation: 'relu' }), dense({ units: 64 })] })]
 *
 * @throws SamebitsError `ERR_SAMEBITS_ARGUMENT`
 */
export function residual(options: ResidualOptions): ResidualLayer {
  return withoutUndefined({ ...check(residualOptions, options, 'residual'), kind: 'residual' });
}
