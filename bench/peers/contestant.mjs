// The other end of compare.mjs, for contestants that run in Node. One JSON object a line: { problem, seconds } is
// answered by { ready: true } or { cannot: reason }, then { sample: true } by { rows, seconds }, again and again.
import { createInterface } from 'node:readline';

/** Repeats `work` (which gives the rows it did) for about `seconds`; how often is found out beforehand. */
export async function sampler(work, seconds) {
  const once = async () => {
    const start = performance.now();
    const rows = await work();
    return { rows, seconds: (performance.now() - start) / 1000 };
  };
  await once();
  const { seconds: warm } = await once();
  const times = Math.max(1, Math.round(seconds / warm));
  return async () => {
    const start = performance.now();
    let rows = 0;
    for (let i = 0; i < times; i += 1) rows += await work();
    return { rows, seconds: (performance.now() - start) / 1000 };
  };
}

/** @param prepare Gives the work for a problem: a function that does it once and gives its rows; or a reason why not. */
export function serve(prepare) {
  const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
  let sample = null;
  const answer = async ({ problem, seconds }) => {
    if (problem === undefined) return sample();
    const work = await prepare(problem);
    if (typeof work === 'string') return { cannot: work };
    sample = await sampler(work, seconds);
    return { ready: true };
  };
  let last = Promise.resolve();
  createInterface({ input: process.stdin }).on('line', (line) => {
    last = last.then(() => answer(JSON.parse(line))).then(say, (error) => say({ cannot: String(error?.message ?? error) }));
  });
}
