// npm run test:kill: processes that are killed at random moments, many times over; npm test does a few of each.
// Tests of it are named *kill*.test.ts, and kill as often as SAMEBITS_KILLS says.
import { runLong } from './long-tests.mjs';

runLong('kill', 'SAMEBITS_KILLS', '200');
