/** The shape of the document of `samebits bench`, key by key: nothing more, nothing less. */
export {
  benchDocumentSchema as documentSchema,
  caseSchema,
  crowdingSchema,
  limitsSchema,
  markingSchema,
  priceSchema,
} from '../../dist/report/bench-schema.js';
