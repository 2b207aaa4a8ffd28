/** What random.json holds, computed by the oracle. */
import { createHash } from 'node:crypto';
import { hexOf } from '../oracle/arithmetic.js';
import {
  generatorNames,
  initialize,
  initializerNames,
  keyOf,
  openStream,
  philox,
  type Source,
  shuffle,
  streamNumber,
} from '../oracle/random.js';

const hexOfWord = (word: number): string => word.toString(16).padStart(8, '0');
const STREAMS = ['init/dense_1/kernel', 'init/dense_1/bias', 'shuffle'];

function sha256OfWords(words: Uint32Array): string {
  const bytes = Buffer.alloc(4 * words.length);
  words.forEach((word, i) => {
    bytes.writeUInt32LE(word, 4 * i);
  });
  return createHash('sha256').update(bytes).digest('hex');
}

const counters: readonly (readonly [number, number, number, number])[] = [
  [0, 0, 0, 0],
  [1, 0, 0, 0],
  [0, 1, 0, 0],
  [0, 0, 1, 0],
  [0, 0, 0, 1],
  [0xffffffff, 2, 3, 0x80000000],
];

const seeds = [0, 42, '42', 'grüße', 2 ** 53 - 1];

/** The first words of streams; two attempts of a block where a word has a position. */
function words(source: Source) {
  return STREAMS.flatMap((stream) =>
    (stream === 'shuffle' ? [0, 1] : [0]).map((epoch) => {
      const draw = openStream(source, stream, epoch);
      const attempts = source.generator === 'philox' ? [0, 1] : [0];
      const drawn = attempts.flatMap((attempt) =>
        Array.from({ length: 8 }, (_, i) => draw(Math.floor(i / 4), i % 4, attempt)),
      );
      return { ...source, stream, epoch, words: drawn.map(hexOfWord) };
    }),
  );
}

export function randomDocument() {
  return {
    keys: seeds.map((seed) => ({ seed, key: keyOf(seed).map(hexOfWord) })),
    streamNumbers: [...STREAMS, 'init/grüße/kernel'].map((stream) => ({
      stream,
      number: hexOfWord(streamNumber(stream)),
    })),
    philox: counters.map((counter) => {
      const key = [0x01234567, 0x89abcdef] as const;
      return { counter: counter.map(hexOfWord), key: key.map(hexOfWord), words: philox(counter, key).map(hexOfWord) };
    }),
    streams: generatorNames.flatMap((generator) => words({ seed: 42, generator })),
    initializers: generatorNames.flatMap((generator) =>
      initializerNames.flatMap((initializer) =>
        [
          { stream: 'init/dense_1/kernel', shape: [7, 5] },
          { stream: 'init/dense_1/bias', shape: [9] },
        ].map(({ stream, shape }) => {
          const [fanIn, fanOut] = shape.length === 2 ? shape : [shape[0], shape[0]];
          const count = shape.reduce((product, size) => product * size, 1);
          const draw = openStream({ seed: 42, generator }, stream, 0);
          const values = Array.from(initialize(initializer, draw, count, fanIn, fanOut), hexOf);
          return { seed: 42, generator, initializer, stream, shape, values };
        }),
      ),
    ),
    shuffles: generatorNames.flatMap((generator) =>
      [0, 1, 7].flatMap((epoch) => {
        const source = { seed: 42, generator };
        return {
          ...source,
          epoch,
          orders: [1, 2, 3, 10].map((rows) => [...shuffle(source, epoch, rows)]),
          sha256Of1797Rows: sha256OfWords(shuffle(source, epoch, 1797)),
        };
      }),
    ),
  };
}
