/** The layers of a description as the addon takes them. */
import type { Constraint } from '../model/constraints.js';
import { dropoutStream, type ModelDescription, noiseStream } from '../model/description.js';
import { isLookUp, type LookUpLayer } from '../model/embeddings.js';
import type { Layer, RescalingLayer } from '../model/layers.js';
import { factorsOf, type Regularizer } from '../model/regularizers.js';
import { type SeedChoice, seedOf } from '../model/seeds.js';
import type { NativeLayer, NativeRules } from '../native/network-description.js';
import { seedKey, streamNumber } from '../random/seed.js';

/** In order; rescaling and embeddings are not among them. */
export function nativeLayers({ layers }: Pick<ModelDescription, 'layers'>, seeds: SeedChoice): NativeLayer[] {
  return layers.flatMap((layer) => (layer.kind === 'rescaling' || isLookUp(layer) ? [] : [nativeLayer(layer, seeds)]));
}

function nativeLayer(layer: Exclude<Layer, RescalingLayer | LookUpLayer>, seeds: SeedChoice): NativeLayer {
  switch (layer.kind) {
    case 'dense': {
      const { kind, units, activation, useBias } = layer;
      const kernel = nativeRules(layer.kernelRegularizer, layer.kernelConstraint);
      const bias = nativeRules(layer.biasRegularizer, layer.biasConstraint);
      return { kind, units, activation, useBias, kernel, bias };
    }
    case 'activation':
      return { kind: layer.kind, activation: layer.activation };
    case 'dropout': {
      const { kind, rate, seed, name } = layer;
      const key = seedKey(seed ?? seedOf(seeds, 'dropout'));
      return { kind, rate, key, stream: streamNumber(dropoutStream(name as string)) };
    }
    case 'gaussianNoise': {
      const { kind, stddev, seed, name } = layer;
      const key = seedKey(seed ?? seedOf(seeds, 'noise'));
      return { kind, stddev, key, stream: streamNumber(noiseStream(name as string)) };
    }
    case 'residual':
      return { kind: layer.kind, layers: nativeLayers(layer, seeds) };
    case 'batchNormalization': {
      const { kind, momentum, epsilon, center, scale } = layer;
      return { kind, momentum, epsilon, center, scale };
    }
    case 'layerNormalization': {
      const { kind, epsilon, center, scale } = layer;
      return { kind, epsilon, center, scale };
    }
  }
}

/** What is done to a tensor beside the optimizer's update. */
function nativeRules(regularizer: Regularizer | undefined, constraint: Constraint | undefined): NativeRules {
  return {
    ...factorsOf(regularizer),
    maxNorm: constraint?.name === 'maxNorm' ? constraint.maxValue : 0,
    nonNegative: constraint?.name === 'nonNegative',
  };
}
