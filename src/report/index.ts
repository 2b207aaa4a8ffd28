export { renderCompareReport } from './compare-report.js';
export { priceOfFixedOrder } from './groups.js';
export { binary32ToHex, decodeNumber, encodeNumber, hexToBinary32, nonFiniteAsText } from './numbers.js';
export { type CompareFacts, compareSentence, compareStatements, compareVerdict } from './sentence.js';
export { type SummaryInput, summarizeCompare } from './summary.js';
export { renderCompareTable, type TableOptions } from './table.js';
