/** The base settings of the built-in experiments: what is trained where the user names nothing else. */
import type { DataChoice, Setting } from '../../causes/cause.js';
import type { DataSource, MadeUpSource } from '../../data/source.js';
import { dense, type Layer, rescaling } from '../../model/layers.js';
import { adam, type Optimizer } from '../../model/optimizers.js';
import { parseRecipe } from '../../model/recipe.js';
import type { BaseChoice } from '../experiment/experiment.js';

/** What an experiment trains where the user leaves it open. */
export interface BaseDefaults {
  /** @default the digits that the package ships */
  readonly data?: NonNullable<BaseChoice['data']>;
  /** Units of the hidden layers, all relu. @default [128] */
  readonly hidden?: readonly number[];
  /** @default adam() */
  readonly optimizer?: Optimizer;
  /** @default 20; of MNIST 3; of other folders 5 */
  readonly epochs?: number;
  /** @default 32; of MNIST and other folders 128 */
  readonly batchSize?: number;
}

/** Of every base setting; causes that vary get seeds of their own. */
export const BASE_SEED = 42;

/** 1,437 training rows, 360 test rows, 64 pixels from 0 to 16. */
export const DIGITS: NonNullable<BaseChoice['data']> = {
  choice: allRows({ kind: 'digits' }),
  columns: 64,
  classes: 10,
  scale: 1 / 16,
};

/**
 * The setting of the user's recipe and data; what was left open is the experiment's. One thread: experiments have many
 * runs, and those share the cores.
 *
 * @throws SamebitsError as `parseRecipe` does.
 */
export function baseSetting(choice: BaseChoice, defaults: BaseDefaults = {}): Setting {
  const data = choice.data ?? defaults.data ?? DIGITS;
  const recipe =
    choice.recipe === undefined
      ? defaultRecipe(data, { ...defaults, epochs: choice.epochs ?? defaults.epochs })
      : {
          ...choice.recipe,
          fit: { ...choice.recipe.fit, epochs: choice.epochs ?? choice.recipe.fit.epochs },
        };
  return { recipe: parseRecipe(recipe), data: data.choice, execution: { threads: 1, isa: 'auto' } };
}

/** Made-up data as a choice of data; a default of {@link BaseDefaults}, or beside the user's. */
export function madeUpData(source: MadeUpSource): NonNullable<BaseChoice['data']> {
  const classes = source.problem === 'regression' ? 0 : source.classes;
  return { choice: allRows(source), columns: source.columns, classes, scale: 1 };
}

const LARGE_TABLE = 10_000;

/** Whether the user's data may be tens of thousands of rows, of which fewer epochs must do. */
export function isLarge({
  data,
}: {
  readonly data?: Pick<NonNullable<BaseChoice['data']>, 'choice' | 'rows'>;
}): boolean {
  const kind = data?.choice.source.kind;
  if (kind === 'table') return (data?.rows ?? 0) >= LARGE_TABLE;
  return kind === 'mnist' || kind === 'folder';
}

/** All training rows, each once. */
export function allRows(source: DataSource): DataChoice {
  return { source, rows: null, bootstrap: null };
}

function defaultRecipe(
  { choice, rows, classes, outputs = 1, scale }: NonNullable<BaseChoice['data']>,
  { hidden = [128], optimizer = adam(), epochs, batchSize }: BaseDefaults,
): Parameters<typeof parseRecipe>[0] {
  const large = isLarge({ data: { choice, rows } });
  const layers: Layer[] = [
    ...(scale === 1 ? [] : [rescaling({ scale })]),
    ...hidden.map((units) => dense({ units, activation: 'relu' })),
    classes === 0 ? dense({ units: outputs }) : dense({ units: classes, activation: 'softmax' }),
  ];
  return {
    model: { layers },
    seed: BASE_SEED,
    optimizer,
    ...(classes === 0
      ? { loss: 'meanSquaredError' }
      : { loss: 'sparseCategoricalCrossentropy', metrics: ['accuracy'] }),
    fit: {
      epochs: epochs ?? (choice.source.kind === 'mnist' ? 3 : large ? 5 : 20),
      batchSize: batchSize ?? (large ? 128 : 32),
    },
  };
}
