/// <reference lib="dom" />
/** Pages in a real browser, for tests that skip aloud where there is none. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';
export const installed = existsSync(executablePath);
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

if (!installed && process.env.CI) throw new Error(`expected Chromium, ${executablePath}, received no such file`);
if (!installed) {
  console.warn(
    `\nSKIPPED: the report was NOT tested in a browser, since there is no ${executablePath} (apt install chromium)\n`,
  );
}

export interface Pages {
  /** Whatever the page last opened printed, threw or asked the network for. */
  readonly complaints: readonly string[];
  open(name: string, width: number, colorScheme?: 'light' | 'dark'): Promise<Page>;
}

/** Call it in a `describe`: writes the pages into a folder, and opens them in one browser until its tests are done. */
export function browserOf(pages: () => Readonly<Record<string, string>>): Pages {
  let browser: Browser;
  const folder = mkdtempSync(join(tmpdir(), 'samebits-report-'));
  const complaints: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args });
    for (const [name, text] of Object.entries(pages())) writeFileSync(join(folder, `${name}.html`), text);
  }, 60_000);

  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true });
  });

  return {
    complaints,
    async open(name, width, colorScheme = 'light') {
      complaints.length = 0;
      const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('dialog', (dialog) => {
        complaints.push(dialog.message());
        void dialog.dismiss();
      });
      const url = pathToFileURL(join(folder, `${name}.html`)).href;
      page.on('request', (request) => {
        if (request.url() !== url && !request.url().startsWith('data:')) complaints.push(request.url());
      });
      await page.goto(url);
      return page;
    },
  };
}

export const background = (page: Page): Promise<string> =>
  page.evaluate(() => getComputedStyle(document.body).backgroundColor);

/** Pixels by which a page is wider than its window. */
export const sideways = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

/** Contrast of custom properties that hold colors to the paper. */
export function contrasts(page: Page, names: readonly string[]): Promise<[string, number][]> {
  return page.evaluate((properties) => {
    const style = getComputedStyle(document.documentElement);
    const luminance = (name: string): number => {
      const hex = style.getPropertyValue(name).trim();
      const linear = [1, 3, 5].map((i) => {
        const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
        return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
    };
    const paper = luminance('--paper');
    return properties.map((name): [string, number] => {
      const [low, high] = [paper, luminance(name)].sort((a, b) => a - b);
      return [name, (high + 0.05) / (low + 0.05)];
    });
  }, names);
}
