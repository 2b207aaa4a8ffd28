/** The shape of the document of `samebits doctor`. */
import * as v from 'valibot';
import { shortHeadEntries } from './schema-parts.js';

/** Of `samebits doctor`. */
export const doctorDocumentSchema = v.strictObject({
  ...shortHeadEntries('doctor'),
  ok: v.boolean(),
  checks: v.array(
    v.strictObject({
      name: v.string(),
      ok: v.boolean(),
      found: v.string(),
      expected: v.string(),
      sentence: v.string(),
    }),
  ),
});
