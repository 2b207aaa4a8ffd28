// npm run test:memory: a CSV file of 2 GB is made and streamed through fit, whose resident memory is watched.
import { runLong } from './long-tests.mjs';

runLong('stream-memory', 'SAMEBITS_STREAM_BYTES', '2000000000');
