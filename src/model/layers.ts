/** Layers as plain, serialisable descriptions. */
import * as v from 'valibot';
import type { Schema } from '../arguments.js';
import { embeddingSchema, type LookUpLayer, tableInputSchema } from './embeddings.js';
import { type ActivationLayer, activationLayerSchema } from './layers/activation.js';
import { type BatchNormalizationLayer, batchNormalizationSchema } from './layers/batch-normalization.js';
import { type DenseLayer, denseSchema } from './layers/dense.js';
import { type DropoutLayer, dropoutSchema } from './layers/dropout.js';
import { type LayerNormalizationLayer, layerNormalizationSchema } from './layers/layer-normalization.js';
import { type RescalingLayer, rescalingSchema } from './layers/rescaling.js';

export * from './layers/activation.js';
export * from './layers/batch-normalization.js';
export * from './layers/dense.js';
export * from './layers/dropout.js';
export * from './layers/layer-normalization.js';
export * from './layers/rescaling.js';

/** A layer of a model: what {@link dense}, {@link dropout} and the others give. */
export type Layer =
  | ActivationLayer
  | BatchNormalizationLayer
  | DenseLayer
  | DropoutLayer
  | LayerNormalizationLayer
  | RescalingLayer
  | LookUpLayer;

export const layerSchema: Schema<Layer> = v.variant(
  'kind',
  [
    activationLayerSchema,
    batchNormalizationSchema,
    denseSchema,
    dropoutSchema,
    layerNormalizationSchema,
    rescalingSchema,
    embeddingSchema,
    tableInputSchema,
  ],
  "a layer of kind 'dense', 'activation', 'batchNormalization', 'layerNormalization', 'dropout', 'rescaling', 'embedding' or 'tableInput', as dense() and the others give,",
);
