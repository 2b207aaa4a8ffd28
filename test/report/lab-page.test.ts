import { describe, expect, it } from 'vitest';
import { labPageName, renderLabIndex, renderLabReport } from '../../dist/report/index.js';
import { hostileLab, large, makeCollection, makeLabDocument, odd, threads } from './fixtures/lab-documents.js';

/** What a reader sees, without tags. */
const textOf = (page: string): string =>
  page
    .slice(page.indexOf('<body>'))
    .replace(/<script[\s\S]*?<\/script>/g, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#39;/g, "'")
    .replace(/\s+/g, ' ');

describe('the page of an experiment', () => {
  const document = makeLabDocument();
  const page = renderLabReport(document);
  const text = textOf(page);

  it('begins with question, verdict, claim, statement, effect and what is said elsewhere, in this order', () => {
    const places = [
      document.question,
      'Supported',
      document.claim,
      document.statement,
      'mean absolute difference of predictions',
      '0.01932',
      '95 % interval 0.01811 to 0.02046',
      'What is said about it',
      'Test accuracy of every run',
      'Three seeds and thirty',
      'What else was found',
      'All runs',
      'To repeat this',
      document.commandLine,
      'Words used here',
    ].map((words) => text.indexOf(words));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((a, b) => a - b));
  });

  it.each([
    ['supported', '✓ Supported'],
    ['not supported', '✗ Not supported'],
    ['cannot tell', '? Cannot tell'],
  ] as const)('says %s with a sign and a word', (verdict, words) => {
    expect(textOf(renderLabReport({ ...document, verdict }))).toContain(words);
  });

  it('says how exact an effect is', () => {
    expect(textOf(renderLabReport(threads()))).toContain('0 ULP exact: nothing was sampled');
    const without = { ...document, interval: null };
    expect(textOf(renderLabReport(without))).toContain('without an interval');
    expect(textOf(renderLabReport(odd()))).toContain('nothing to estimate');
  });

  it('draws an effect beside what its claim sets it beside', () => {
    const strip = (beside?: number): string => {
      const effect = { ...document.effect, estimate: 1.2, beside };
      const drawn = renderLabReport({ ...document, effect, interval: { low: 1.1, high: 1.3, level: 0.95 } });
      return drawn.slice(drawn.indexOf('class="strip"')).split('</svg>')[0];
    };
    const [x] = /class="reference" d="M([\d.]+)/.exec(strip(1))?.slice(1) ?? [];
    expect(strip(1)).toContain(`<text class="tick" x="${x}" y="45" text-anchor="middle">1</text>`);
    expect(strip(1)).not.toContain('>0</text>');
    expect(strip()).toContain('>0</text>');
  });

  it('lists every run with what was changed, and counts different bits', () => {
    expect(text).toContain('30 trainings with 30 different final weights.');
    expect(page).toContain('seeds.weights 29');
    const same = makeLabDocument({
      runs: document.runs.map((run) => ({ ...run, fingerprint: document.runs[0].fingerprint })),
    });
    expect(textOf(renderLabReport(same))).toContain(
      '30 trainings with 1 different final weights: all have the same bits.',
    );
  });

  it('explains the words that it uses, and no others', () => {
    const words = text.slice(text.indexOf('Words used here'));
    expect(words).toContain('equal bits');
    expect(words).not.toContain('allclose');
    expect(textOf(renderLabReport(makeLabDocument({ findings: ['They are allclose.'] })))).toContain(
      'What numerical libraries call equal enough',
    );
  });

  it('leaves out what an experiment without training has not', () => {
    const sums = textOf(renderLabReport(odd()));
    expect(sums).not.toContain('Recipe');
    expect(sums).not.toContain('training rows');
    expect(sums).not.toContain('All runs');
  });

  it('carries its document, and goes through JSON unchanged', () => {
    const embedded = /<script type="application\/json" id="document">([\s\S]*?)<\/script>/.exec(page)?.[1] ?? '';
    expect(JSON.parse(embedded)).toEqual(JSON.parse(JSON.stringify(document)));
    expect(renderLabReport(JSON.parse(JSON.stringify(document)))).toBe(page);
  });

  it('has no two elements of one id, even for pictures of one kind', () => {
    for (const made of [document, threads(), large()]) {
      const ids = [...renderLabReport(made).matchAll(/<[a-z][^>]* id="([^"]*)"/g)].map(([, id]) => id);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it('escapes every text', () => {
    const hostile = renderLabReport(hostileLab());
    const outside = hostile.replace(/<script[\s\S]*?<\/script>/g, '');
    expect(outside).not.toMatch(/<img|onerror=alert\(1\)>/);
    expect(outside.includes('\u001b')).toBe(false);
    expect(hostile.match(/<script/g)).toHaveLength(2);
    expect(hostile).toContain('default-src &#39;none&#39;');
  });

  it('stays below 2 MB with 500 runs in several pictures', () => {
    expect(Buffer.byteLength(renderLabReport(large()))).toBeLessThan(2_000_000);
  });
});

describe('the list of experiments', () => {
  it('has question, verdict, claim and statement of each, and a link', () => {
    const collection = makeCollection();
    const page = renderLabIndex(collection);
    const text = textOf(page);
    for (const { question, claim, statement, experiment } of collection.experiments) {
      for (const words of [question, claim, statement]) expect(text).toContain(words);
      expect(page).toContain(`href="${experiment}.html"`);
    }
    expect(text).toContain('3 experiments: 1 supported, 1 not supported and 1 where the runs cannot tell.');
    expect(text).toContain(collection.commandLine);
  });

  it('links to nothing outside its folder', () => {
    expect(labPageName('init-seed')).toBe('init-seed.html');
    expect(labPageName('../../etc/passwd')).toBe('etc-passwd.html');
    expect(labPageName('index')).toBe('experiment-index.html');
    expect(labPageName('///')).toBe('experiment-.html');
    expect(renderLabIndex(makeCollection([hostileLab()]))).not.toMatch(/<img|javascript:/);
  });
});
