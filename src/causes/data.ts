/** Causes in the data. */
import * as v from 'valibot';
import { expected } from '../errors.js';
import type { Seed } from '../random/seed.js';
import { type Lens, lens, withData } from './lens.js';
import { plainSeed, seedLevel } from './seeds.js';
import { rowsSchema } from './setting.js';

export const rows: Lens<number | null> = lens({
  name: 'rows',
  title: 'training rows',
  description: 'How many rows are trained on: the first ones, or all. Initial weights stay; batches are others.',
  kind: 'choice',
  remedy: 'train on the same rows',
  level: rowsSchema,
  read: ({ data }) => data.rows,
  replace: (setting, value) => withData(setting, { rows: value }),
});

export const dataSubset: Lens<Seed | null> = lens({
  name: 'dataSubset',
  title: 'bootstrap of the data',
  description:
    'As many training rows as there are, drawn with replacement by this seed: what another sample of the same kind would have brought. Initial weights stay; batches are others from the first step on.',
  kind: 'random',
  remedy: 'fix data.bootstrap, or train on more rows',
  level: v.nullable(seedLevel),
  read: ({ data }) => (data.bootstrap === null ? null : plainSeed(data.bootstrap)),
  replace: (setting, value) => withData(setting, { bootstrap: value }),
});

export const dataSeed: Lens<Seed | null> = lens({
  name: 'dataSeed',
  title: 'made-up data',
  description: 'The seed of data that are made up: other rows of the same distribution, for training and for testing.',
  kind: 'random',
  remedy: 'fix data.source.seed',
  level: v.nullable(seedLevel),
  applies: ({ data }) => data.source.kind === 'madeUp',
  read: ({ data }) => (data.source.kind === 'madeUp' ? plainSeed(data.source.seed) : null),
  replace: (setting, value) => {
    const { source } = setting.data;
    if (source.kind !== 'madeUp') throw expected("'madeUp', data that have a seed,", 'data.source.kind', source.kind);
    if (value === null) throw expected('a seed', 'dataSeed', value);
    return withData(setting, { source: { ...source, seed: value } });
  },
});
