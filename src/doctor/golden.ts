/** What comes with the package to be computed again: results of an independent program, from data/golden.json. */
import { readFileSync } from 'node:fs';
import type { ClassWeights } from '../model/class-weights.js';
import type { LookUpLayer } from '../model/embeddings.js';
import type {
  DenseLayer,
  DenseOptions,
  DropoutOptions,
  Layer,
  RescalingOptions,
  ResidualLayer,
} from '../model/layers.js';
import type { AdagradOptions, AdamOptions, NadamOptions, RmsPropOptions, SgdOptions } from '../model/optimizers.js';
import type { Shuffle } from '../model/recipe.js';
import type { Seeds } from '../model/seeds.js';
import type { ElementaryFunction } from '../native/addon.js';
import type { Loss } from '../native/network-description.js';
import { packageFile } from '../package-root.js';
import type { Generator } from '../random/words.js';
import type { ElementKind } from './made-up.js';

/** Hashes of the products of one shape. */
export interface GoldenProducts {
  readonly rows: number;
  readonly inputs: number;
  readonly units: number;
  /** SHA-256 of row-major little-endian binary32. */
  readonly forward: string;
  readonly inputGradient: string;
  readonly weightGradient: string;
  readonly biasGradient: string;
  readonly rowSums: string;
}

/** Bits, 8 hexadecimal digits for each number, one after the other. */
export interface GoldenElementary {
  readonly arguments: string;
  readonly values: string;
}

/** As a description has it, but that a dense one has no kind. */
export type GoldenLayer =
  | (DenseOptions & { readonly kind?: undefined; readonly dropout?: DropoutOptions })
  | Exclude<Layer, DenseLayer | ResidualLayer>
  | (Omit<ResidualLayer, 'layers'> & { readonly layers: readonly GoldenLayer[] });

/** A small training, and what it must come to. */
export interface GoldenNetwork {
  readonly recipe: {
    readonly title: string;
    readonly seed: number | string;
    readonly seeds?: Partial<Seeds>;
    readonly generator: Generator;
    readonly rescaling: Omit<RescalingOptions, 'inputShape'> | null;
    readonly inputs: number;
    /** A layer of embeddings before the others. */
    readonly lookUp?: LookUpLayer;
    /** Dense ones, some with a dropout layer before them, have no kind; others are as descriptions have them. */
    readonly layers: readonly GoldenLayer[];
    readonly optimizer:
      | ({ readonly name: 'sgd' } & SgdOptions)
      | ({ readonly name: 'rmsprop' } & RmsPropOptions)
      | ({ readonly name: 'adam' } & AdamOptions)
      | ({ readonly name: 'nadam' } & NadamOptions)
      | ({ readonly name: 'adagrad' } & AdagradOptions);
    readonly loss: Loss;
    readonly rows: number;
    readonly x: { readonly kind: 'floats' | 'bytes' | 'indices'; readonly salt: number };
    readonly targets: { readonly kind: 'labels' | ElementKind; readonly salt: number; readonly columns: number };
    readonly batchSize: number;
    readonly batchLeaf: number;
    readonly shuffle: Shuffle;
    readonly epochs: number;
    readonly classWeights?: ClassWeights;
    readonly sampleWeights?: { readonly kind: 'shares'; readonly salt: number };
  };
  readonly expected: {
    readonly weights: string;
    readonly state: string;
    /** Bits, 8 hexadecimal digits. */
    readonly evaluateLoss: string;
    readonly predictions: string;
  };
}

export interface Golden {
  /** Version of the numerics contract. */
  readonly contract: number;
  readonly products: readonly GoldenProducts[];
  readonly elementary: Readonly<Record<ElementaryFunction, GoldenElementary>>;
  readonly networks: readonly GoldenNetwork[];
}

export function readGolden(): Golden {
  return JSON.parse(readFileSync(packageFile('data', 'golden.json'), 'utf8')) as Golden;
}
