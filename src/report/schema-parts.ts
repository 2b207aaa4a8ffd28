/** What schemas of documents have in common. */
import * as v from 'valibot';

export const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const positive = v.pipe(v.number(), v.gtValue(0));
export const number = v.union([v.number(), v.picklist(['NaN', 'Infinity', '-Infinity'])]);
export const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
export const binary32 = v.pipe(v.string(), v.regex(/^0x[0-9a-f]{8}$/));

export const seed = v.union([v.number(), v.string()]);
export const threadCount = v.pipe(v.string(), v.regex(/^[1-9]\d*$/));
export const notNegative = v.pipe(v.number(), v.minValue(0));
export const isa = v.picklist(['scalar', 'avx2', 'avx512', 'neon']);
export const contract = v.union([v.pipe(v.number(), v.integer(), v.minValue(1)), v.literal('emulated')]);
export const recipe = v.looseObject({ seed, loss: v.unknown() });

/** The fields with which all documents begin. */
export const shortHeadEntries = <const C extends string>(command: C) => ({
  schemaVersion: v.literal(1),
  command: v.literal(command),
  version: v.string(),
  contract,
  machine: v.strictObject({
    platform: v.string(),
    arch: v.string(),
    cpu: v.string(),
    cores: positive,
    memoryBytes: positive,
    node: v.string(),
    instructionSets: v.array(v.string()),
  }),
  commandLine: v.string(),
});

export const dataEntries = { name: v.string(), rows: positive, testRows: count, columns: positive, hash: sha256 };

export const headEntries = <const C extends string>(command: C) => ({
  ...shortHeadEntries(command),
  recipe,
  data: v.strictObject(dataEntries),
});
