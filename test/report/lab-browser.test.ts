/// <reference lib="dom" />
import { describe, expect, it } from 'vitest';
import { renderLabIndex, renderLabReport } from '../../dist/report/index.js';
import { background, browserOf, contrasts, installed, sideways } from './chromium.js';
import { hostileLab, large, makeCollection, makeLabDocument, odd, threads } from './fixtures/lab-documents.js';
import { partingMap } from './fixtures/lab-pictures.js';

const documents = { seed: makeLabDocument, threads, large, odd, hostile: hostileLab };

describe.skipIf(!installed)('the pages of the lab in Chromium', () => {
  const { open, complaints } = browserOf(() => ({
    ...Object.fromEntries(Object.entries(documents).map(([name, make]) => [name, renderLabReport(make())])),
    index: renderLabIndex(makeCollection()),
    hostileIndex: renderLabIndex(makeCollection([hostileLab()])),
  }));

  it.each([...Object.keys(documents), 'index', 'hostileIndex'])(
    '%s: nothing on the console, nothing asked for, no sideways scroll',
    async (name) => {
      for (const width of [360, 1280]) {
        const page = await open(name, width);
        for (const summary of await page.locator('summary').all()) await summary.click();
        expect(await sideways(page), `${width} pixels`).toBeLessThanOrEqual(0);
        expect(complaints).toEqual([]);
        await page.close();
      }
    },
  );

  it.each([
    [360, 'narrow'],
    [1280, 'wide'],
  ] as const)(
    'shows one drawing of each picture at %i pixels, within its page, in a readable size',
    async (width, shown) => {
      const page = await open('large', width);
      const document = large();
      for (const { id, kind } of document.pictures) {
        const drawings = page.locator(`#figure-${id} svg.chart:visible`);
        expect(await drawings.count(), id).toBe(1);
        expect(await drawings.getAttribute('class'), id).toContain(shown);
        const marks = { dots: 'circle', bars: '.estimate', lines: '.line', heatmap: '.cells rect' }[kind];
        expect(await drawings.locator(marks).count(), id).toBeGreaterThan(1);
        const box = await drawings.boundingBox();
        expect(box && box.height > 80 && box.width > 300, id).toBe(true);
      }
      const texts = await page.locator('svg.chart:visible text').evaluateAll((all) =>
        all.map((text) => {
          const { left, right, height } = text.getBoundingClientRect();
          return { left, right, height };
        }),
      );
      expect(Math.min(...texts.map(({ height }) => height))).toBeGreaterThan(10);
      expect(Math.min(...texts.map(({ left }) => left))).toBeGreaterThanOrEqual(0);
      expect(Math.max(...texts.map(({ right }) => right))).toBeLessThanOrEqual(width);
      await page.close();
    },
  );

  it('labels of rows do not run into each other or into the marks', async () => {
    for (const width of [360, 1280]) {
      const page = await open('large', width);
      const labels = await page.locator('#figure-shares svg.chart:visible .row-label').evaluateAll((all) =>
        all.map((text) => {
          const { top, bottom, right } = text.getBoundingClientRect();
          return { top, bottom, right };
        }),
      );
      labels.slice(1).forEach((label, i) => {
        expect(label.top).toBeGreaterThanOrEqual(labels[i].bottom - 1);
      });
      await page.close();
    }
  });

  it.each(['light', 'dark'] as const)(
    'has enough contrast in %s, and a ramp that goes away from the paper',
    async (scheme) => {
      const page = await open('threads', 1280, scheme);
      for (const [name, ratio] of await contrasts(page, ['--ink', '--muted', '--good', '--series-0', '--series-1'])) {
        expect(ratio, name).toBeGreaterThan(4.5);
      }
      const ramp = (
        await contrasts(
          page,
          Array.from({ length: 9 }, (_, i) => `--heat-${i}`),
        )
      ).map(([, ratio]) => ratio);
      expect(ramp).toEqual([...ramp].sort((a, b) => a - b));
      expect(ramp[8]).toBeGreaterThan(10);
      const [[, equal]] = await contrasts(page, ['--equal']);
      expect(equal).toBeGreaterThan(1.9);
      const fills = await page
        .locator('#parting-wide .cells rect')
        .evaluateAll((all) => all.map((cell) => getComputedStyle(cell).fill));
      expect(new Set(fills).size).toBeGreaterThan(6);
      await page.close();
    },
  );

  it('follows the system in light and dark', async () => {
    const [light, dark] = [await open('seed', 1280, 'light'), await open('seed', 1280, 'dark')];
    expect(await background(dark)).not.toBe(await background(light));
    await light.close();
    await dark.close();
  });

  it('reads dots out by arrow keys: along a row, and from row to row', async () => {
    const page = await open('seed', 1280);
    await page.locator('#accuracy-wide').scrollIntoViewIfNeeded();
    await page.locator('#accuracy-wide').focus();
    const reading = page.locator('#figure-accuracy .reading');
    await page.keyboard.press('ArrowRight');
    expect(await reading.textContent()).toMatch(/^the same seed, 30 times\. test accuracy: 9\d\.\d+ %$/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Home');
    expect(await reading.textContent()).toMatch(/^3 seeds\. test accuracy/);
    const first = await reading.textContent();
    await page.keyboard.press('End');
    expect(await reading.textContent()).not.toBe(first);
    await page.locator('.tip').waitFor({ state: 'visible' });
    await page.close();
  });

  it('reads bars, cells and events out by arrow keys', async () => {
    const page = await open('large', 1280);
    await page.locator('#shares-wide').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowRight');
    const bars = page.locator('#figure-shares .reading');
    expect(await bars.textContent()).toBe(
      'order of the data. share of the variance of the test loss: 31.8 %, interval 20 % to 45 %',
    );
    await page.keyboard.press('End');
    expect(await bars.textContent()).toMatch(/^instruction set\./);

    await page.locator('#parting-wide').focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    const last = partingMap.columns.length - 1;
    const value = String(partingMap.values[1][last]).replace(/\B(?=(\d{3})+$)/g, ',');
    expect(await page.locator('#figure-parting .reading').textContent()).toBe(
      `dense_1/bias. training step: ${partingMap.columns[last]}. ${value}`,
    );
    await page.close();

    const pairs = await open('threads', 1280);
    await pairs.locator('#distance-wide').focus();
    await pairs.keyboard.press('ArrowRight');
    await pairs.keyboard.press('ArrowUp');
    await pairs.keyboard.press('Home');
    expect(await pairs.locator('#figure-distance .reading').textContent()).toBe(
      'relu unit 17 of dense_1 is on for row 3 in one run only. training step: 230',
    );
    await pairs.close();
  });

  it('shows what is under the pointer', async () => {
    const page = await open('threads', 360);
    const map = page.locator('#parting-narrow');
    await map.scrollIntoViewIfNeeded();
    await map.hover({ position: { x: 150, y: 42 } });
    expect(await page.locator('.tip').textContent()).toMatch(/^dense_1\/kernel\. training step: \d+\. [\d,]+$/);
    await page.close();
  });

  it('links from the list to the pages', async () => {
    const page = await open('index', 360);
    const links = await page.locator('.entries a').evaluateAll((all) => all.map((link) => link.getAttribute('href')));
    expect(links).toEqual(['init-seed.html', 'threads-and-order.html', 'variance-shares.html']);
    await page.close();
  });

  it('prints on white without its controls', async () => {
    const page = await open('threads', 1280, 'dark');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await background(page)).toBe('rgb(255, 255, 255)');
    expect(await page.locator('button.theme').isVisible()).toBe(false);
    await page.close();
  });
});
