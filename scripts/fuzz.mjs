// npm run fuzz: damaged files of every format, 100,000 of each; npm test reads a few hundred. Tests of it are named
// *fuzz*.test.ts, and read as many as SAMEBITS_FUZZ_FILES says, by the seed SAMEBITS_FUZZ_SEED.
import { runLong } from './long-tests.mjs';

runLong('fuzz', 'SAMEBITS_FUZZ_FILES', '100000');
