/// <reference lib="dom" />
import { describe, expect, it } from 'vitest';
import { renderCompareReport } from '../../dist/report/index.js';
import { background, browserOf, contrasts, installed, sideways } from './chromium.js';
import { hostile, nonFinite, usual } from './fixtures/documents.js';

describe.skipIf(!installed)('the report in Chromium', () => {
  const pages = browserOf(() =>
    Object.fromEntries(
      Object.entries({ usual, hostile, nonFinite }).map(([name, make]) => [name, renderCompareReport(make())]),
    ),
  );
  const { open, complaints } = pages;

  it.each(['usual', 'hostile', 'nonFinite'])(
    '%s: nothing on the console, nothing asked for, no sideways scroll',
    async (name) => {
      for (const width of [360, 700, 1280]) {
        const page = await open(name, width);
        for (const summary of await page.locator('summary').all()) await summary.click();
        expect(await sideways(page), `${width} pixels`).toBeLessThanOrEqual(0);
        expect(complaints).toEqual([]);
        await page.close();
      }
    },
  );

  it('shows one drawing of each chart, with text of a readable size', async () => {
    for (const [width, shown] of [
      [360, 'narrow'],
      [1280, 'wide'],
    ] as const) {
      const page = await open('usual', width);
      const drawings = await page.locator('#figure-loss svg.chart:visible').all();
      expect(drawings).toHaveLength(1);
      expect(await drawings[0].getAttribute('class')).toContain(shown);
      const heights = await page
        .locator('svg.chart:visible .tick')
        .evaluateAll((ticks) => ticks.map((tick) => tick.getBoundingClientRect().height));
      expect(Math.min(...heights)).toBeGreaterThan(10);
      await page.close();
    }
  });

  it('follows the system in light and dark, and its own button', async () => {
    const light = await open('usual', 1280, 'light');
    const paper = await background(light);
    await light.getByRole('button', { name: 'Dark page' }).click();
    const night = await background(light);
    expect(night).not.toBe(paper);
    await light.reload();
    expect(await background(light)).toBe(night);
    await light.close();
    const dark = await open('usual', 1280, 'dark');
    expect(await background(dark)).toBe(night);
    await dark.getByRole('button', { name: 'Light page' }).click();
    expect(await background(dark)).toBe(paper);
    await dark.close();
  });

  it.each(['light', 'dark'] as const)('has enough contrast for text and lines in %s', async (scheme) => {
    const page = await open('usual', 1280, scheme);
    const series = [0, 1, 2, 3, 4, 5].map((i) => `--series-${i}`);
    const ratios = await contrasts(page, ['--ink', '--muted', '--good', '--bad', ...series]);
    for (const [name, ratio] of ratios) expect(ratio, name).toBeGreaterThan(4.5);
    await page.close();
  });

  it('reaches buttons, choices, charts and tables by keyboard', async () => {
    const page = await open('usual', 1280);
    const reached = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const element = document.activeElement;
        return `${element?.tagName.toLowerCase()}.${element?.getAttribute('class') ?? ''}`;
      });
      reached.add(at);
    }
    for (const part of ['button.theme', 'input.choose-0', 'svg.chart wide', 'div.scroll', 'summary.', 'button.']) {
      expect([...reached], part).toContain(part);
    }
    await page.close();
  });

  it('reads points out by arrow keys, as the document has them', async () => {
    const page = await open('usual', 1280);
    const document = usual();
    await page.locator('#distance-relativeL2-wide').focus();
    await page.keyboard.press('ArrowRight');
    const reading = page.locator('#figure-distance .reading');
    expect(await reading.textContent()).toMatch(/^fixed order, all 6 runs.*training step: 1\..*: 0$/);
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('End');
    const last = document.runs[6].distance[document.runs[6].distance.length - 1];
    expect(await reading.textContent()).toContain(`training step: ${last.step}. `);
    expect(await reading.textContent()).toContain(Number(last.relativeL2).toExponential(2));
    await page.locator('.tip').waitFor({ state: 'visible' });
    await page.keyboard.press('Escape');
    await page.locator('.tip').waitFor({ state: 'hidden' });
    await page.close();
  });

  it('shows the nearest point under the pointer', async () => {
    const page = await open('usual', 360);
    const chart = page.locator('#loss-narrow');
    await chart.scrollIntoViewIfNeeded();
    await chart.hover({ position: { x: 300, y: 200 } });
    expect(await page.locator('.tip').textContent()).toMatch(/training step: \d+\. training loss, logarithmic: 0\.\d+/);
    const box = await page.locator('.tip').boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= 360).toBe(true);
    await page.close();
  });

  it('changes the measure of distance, and sets one series off by its legend', async () => {
    const page = await open('usual', 1280);
    expect(await page.locator('#distance-maxAbs-wide').isVisible()).toBe(false);
    await page.getByRole('radio', { name: 'largest difference' }).check();
    expect(await page.locator('#distance-maxAbs-wide').isVisible()).toBe(true);
    expect(await page.locator('#distance-relativeL2-wide').isVisible()).toBe(false);
    const button = page.locator('#figure-distance .legend button').nth(2);
    await button.click();
    expect(await button.getAttribute('aria-pressed')).toBe('true');
    expect(await page.locator('#distance-maxAbs-wide .chosen').getAttribute('data-series')).toBe('2');
    await page.close();
  });

  it('prints on white without its controls', async () => {
    const page = await open('usual', 1280, 'dark');
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await background(page)).toBe('rgb(255, 255, 255)');
    expect(await page.locator('button.theme').isVisible()).toBe(false);
    await page.close();
  });
});
