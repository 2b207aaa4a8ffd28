export { renderCompareReport } from './compare-report.js';
export { priceOfFixedOrder } from './groups.js';
export { labPageName, renderLabIndex } from './lab-index.js';
export { type LabReportOptions, renderLabReport } from './lab-report.js';
export { type LabTextOptions, renderLabList, renderLabText } from './lab-text.js';
export { binary32ToHex, decodeNumber, encodeNumber, hexToBinary32, nonFiniteAsText } from './numbers.js';
export { type CompareFacts, compareSentence, compareStatements, compareVerdict } from './sentence.js';
export { type SummaryInput, summarizeCompare } from './summary.js';
export { renderCompareTable, type TableOptions } from './table.js';
