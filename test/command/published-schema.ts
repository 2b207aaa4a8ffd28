/** Documents against the JSON schemas that the package publishes. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect } from 'vitest';

const require = createRequire(import.meta.url);
const ajv = new Ajv2020({ strict: false, allErrors: false });
const compiled = new Map<string, ValidateFunction>();

/** The schema of the documents of a command, such as `lab noise`. */
export function schemaOf(command: string): ValidateFunction {
  const path = require.resolve(`samebits/schemas/${command.replaceAll(' ', '-')}.json`);
  const schema = compiled.get(command) ?? ajv.compile(JSON.parse(readFileSync(path, 'utf8')));
  compiled.set(command, schema);
  return schema;
}

/** A document as it was printed fits the schema of its command, which knows all of its keys. */
export function expectPublished<T extends { readonly command: string }>(document: T): T {
  const fits = schemaOf(document.command);
  expect(fits(document), JSON.stringify(fits.errors)).toBe(true);
  expect(fits({ ...document, unheardOf: 1 })).toBe(false);
  const { version: _, ...incomplete } = document as T & { readonly version: string };
  expect(fits(incomplete)).toBe(false);
  return document;
}
