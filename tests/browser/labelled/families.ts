/**
 * Visits whose nature is known: machines and people of many families, each as it behaves in the world. Real Chromium for what
 * runs a browser, raw requests for what does not. Whoever changes the classifier runs them all (`npm run labelled`, see `labelled.spec.ts`).
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';

export type Truth = 'machine' | 'human';
export type Family = {
  name: string;
  truth: Truth;
  /** Reads in a way of its own: never to be taken for a machine. */
  accessibility?: boolean;
  visit: (browser: Browser, url: string) => Promise<void>;
};

const CHROME = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
const DESKTOP: BrowserContextOptions = { userAgent: CHROME, viewport: { width: 1440, height: 900 }, locale: 'en-GB' };

const wait = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
const between = (from: number, to: number) => from + Math.random() * (to - from);
/** A pause as people make it: mostly short, now and then long. */
const pause = (typical: number) => wait(typical * (0.35 + -Math.log(1 - Math.random() * 0.95)));

/** Asks as a program does; the headers are all it has. */
async function raw(url: string, agent: string, more: RequestInit = {}, pictures = false): Promise<string> {
  const headers = { 'user-agent': agent, accept: '*/*', ...(more.headers as object) };
  const answer = await fetch(url, { redirect: 'follow', ...more, headers });
  const html = await answer.text();
  if (pictures) {
    const sources = [...html.matchAll(/<img src="([^"]+)"/g)].map((found) => new URL(found[1]!.replaceAll('&amp;', '&').replaceAll('&#38;', '&'), url));
    for (const source of sources.filter((one) => !one.pathname.endsWith('/dot')).slice(0, 3)) await fetch(source, { headers }).then((one) => one.arrayBuffer());
  }
  return html;
}

async function open(browser: Browser, options: BrowserContextOptions, url: string, visit: (page: Page, context: BrowserContext) => Promise<void>) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  try {
    await page.goto(url, { waitUntil: 'load' });
    await visit(page, context);
    // As a closing tab does; closing the context at once would take the last report with it.
    await page.goto('about:blank');
    await wait(150);
  } finally {
    await context.close();
  }
}

/** Moves the pointer as a hand does: in a bow, fast in the middle, not quite where it wanted to. */
async function hand(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const bow = between(-120, 120);
  const steps = Math.round(between(12, 26));
  for (let step = 1; step <= steps; step++) {
    const share = step / steps;
    const eased = share * share * (3 - 2 * share);
    const x = from[0] + (to[0] - from[0]) * eased + bow * Math.sin(Math.PI * share) + between(-2, 2);
    const y = from[1] + (to[1] - from[1]) * eased + (bow / 3) * Math.sin(Math.PI * share) + between(-2, 2);
    await page.mouse.move(x, y);
    await wait(between(8, 30));
  }
}

async function readWithMouse(page: Page): Promise<void> {
  let at: [number, number] = [between(200, 1200), between(100, 800)];
  for (let turn = 0; turn < 4; turn++) {
    const to: [number, number] = [between(200, 1200), between(100, 800)];
    await hand(page, at, to);
    at = to;
    await pause(900);
    for (let notch = 0; notch < between(2, 6); notch++) {
      await page.mouse.wheel(0, between(80, 160));
      await wait(between(40, 220));
    }
    await pause(1400);
  }
}

/** A browser that hides that a program drives it. */
const stealth = (visit: (page: Page) => Promise<void>) => (browser: Browser, url: string) => open(browser, DESKTOP, url, visit);

export const families: Family[] = [
  // Machines
  { name: 'mail gateway by name', truth: 'machine', visit: async (_, url) => void (await raw(url, 'Mozilla/5.0 (compatible; Mimecast-SafeLink/2.1)')) },
  { name: 'gateway with a browser\'s name', truth: 'machine', visit: async (_, url) => void (await raw(url, CHROME)) },
  { name: 'gateway that loads pictures', truth: 'machine', visit: async (_, url) => void (await raw(url, CHROME, { headers: { 'accept-language': 'en-US' } }, true)) },
  { name: 'HEAD before delivery', truth: 'machine', visit: async (_, url) => void (await raw(url, CHROME, { method: 'HEAD', headers: { 'accept-language': 'en' } })) },
  { name: 'chat preview', truth: 'machine', visit: async (_, url) => void (await raw(url, 'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)')) },
  { name: 'messenger preview', truth: 'machine', visit: async (_, url) => void (await raw(url, 'WhatsApp/2.24.6.77 A')) },
  {
    name: 'search crawler with a browser',
    truth: 'machine',
    visit: (browser, url) =>
      open(browser, { ...DESKTOP, userAgent: `Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm) Chrome/130.0.0.0 Safari/537.36` }, url, () => wait(2500)),
  },
  { name: 'crawler that follows every link', truth: 'machine', visit: async (_, url) => {
    const html = await raw(url, CHROME, { headers: { 'accept-language': 'en' } });
    for (const found of [...html.matchAll(/href="(\/p\/[^"]+)"/g)].slice(0, 30)) await raw(new URL(found[1]!.replaceAll('&amp;', '&').replaceAll('&#38;', '&'), url).href, CHROME);
  } },
  { name: 'headless browser by name', truth: 'machine', visit: (browser, url) => open(browser, {}, url, () => wait(2500)) },
  { name: 'driven browser', truth: 'machine', visit: (browser, url) =>
    open(browser, DESKTOP, 'about:blank', async (page) => {
      await page.addInitScript(() => Object.defineProperty(navigator, 'webdriver', { get: () => true }));
      await page.goto(url);
      await readWithMouse(page);
    }) },
  { name: 'detonation, idle', truth: 'machine', visit: stealth(() => wait(between(2500, 5000))) },
  { name: 'detonation that scrolls by script', truth: 'machine', visit: stealth(async (page) => {
    for (let step = 0; step < 9; step++) {
      await page.evaluate((y) => scrollTo(0, y), step * 500);
      await wait(450);
    }
  }) },
  { name: 'detonation with a mouse, at a constant pace', truth: 'machine', visit: stealth(async (page) => {
    for (let step = 0; step < 9; step++) {
      await page.mouse.move(100 + step * 60, 100 + step * 40, { steps: 4 });
      await page.mouse.wheel(0, 300);
      await wait(500);
    }
  }) },
  { name: 'detonation with a mouse in straight lines', truth: 'machine', visit: stealth(async (page) => {
    await page.mouse.move(20, 30);
    await page.mouse.move(900, 600, { steps: 40 });
    await wait(800);
  }) },
  { name: 'inputs made by scripts', truth: 'machine', visit: stealth(async (page) => {
    for (let step = 0; step < 6; step++) {
      await page.evaluate(() => dispatchEvent(new MouseEvent('pointermove', { bubbles: true })));
      await wait(between(200, 700));
    }
  }) },
  { name: 'prefetch that is never shown', truth: 'machine', visit: async (_, url) => void (await raw(url, CHROME, { headers: { 'sec-purpose': 'prefetch;prerender', 'accept-language': 'en' } })) },
  { name: 'monitor that asks again and again', truth: 'machine', visit: async (_, url) => {
    for (let time = 0; time < 3; time++) {
      await raw(url, CHROME, { headers: { 'accept-language': 'en' } });
      await wait(400);
    }
  } },
  { name: 'antivirus proxy behind a reader', truth: 'machine', visit: async (_, url) => void (await raw(url, CHROME, { headers: { accept: 'text/html', 'accept-language': 'en-GB', 'accept-encoding': 'gzip' } })) },

  // People
  { name: 'mouse at a desk', truth: 'human', visit: (browser, url) => open(browser, DESKTOP, url, readWithMouse) },
  { name: 'phone', truth: 'human', visit: (browser, url) =>
    open(browser, { userAgent: IPHONE, viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }, url, async (page) => {
      await pause(1500);
      for (let swipe = 0; swipe < 5; swipe++) {
        await page.touchscreen.tap(between(60, 320), between(300, 700));
        await page.evaluate((by) => scrollBy({ top: by, behavior: 'smooth' }), between(200, 600));
        await pause(1600);
      }
    }) },
  { name: 'keyboard only', truth: 'human', accessibility: true, visit: (browser, url) =>
    open(browser, DESKTOP, url, async (page) => {
      for (let key = 0; key < 10; key++) {
        await page.keyboard.press(key % 3 == 2 ? 'Tab' : 'PageDown');
        await pause(700);
      }
    }) },
  { name: 'keyboard at an even pace', truth: 'human', accessibility: true, visit: (browser, url) =>
    open(browser, DESKTOP, url, async (page) => {
      for (let key = 0; key < 10; key++) {
        await page.keyboard.press('Tab');
        await wait(600);
      }
    }) },
  { name: 'screen reader', truth: 'human', accessibility: true, visit: (browser, url) =>
    open(browser, DESKTOP, url, async (page) => {
      // It takes the keys for itself: the page sees the focus and what comes into view.
      const links = await page.locator('summary, button, a[href]:not([hidden])').all();
      for (const link of links.slice(0, 5)) {
        await link.focus();
        await pause(1500);
      }
    }) },
  { name: 'by voice', truth: 'human', accessibility: true, visit: (browser, url) =>
    open(browser, DESKTOP, url, async (page) => {
      await pause(2500);
      const fold = page.locator('summary').first();
      if (await fold.count()) await fold.evaluate((one: HTMLElement) => one.focus());
      await page.keyboard.press('Enter');
      await pause(3000);
      await page.evaluate(() => scrollBy(0, innerHeight));
      await pause(4000);
    }) },
  { name: 'reader\'s view', truth: 'human', accessibility: true, visit: (browser, url) => open(browser, DESKTOP, url, () => wait(between(9_000, 14_000))) },
  { name: 'without scripts', truth: 'human', accessibility: true, visit: (browser, url) => open(browser, { ...DESKTOP, javaScriptEnabled: false }, url, () => pause(4000)) },
  { name: 'browser of text', truth: 'human', accessibility: true, visit: async (_, url) =>
    void (await raw(url, 'Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.7.8', { headers: { accept: 'text/html, text/plain, text/sgml, */*;q=0.01', 'accept-language': 'en' } })) },
  { name: 'behind a VPN', truth: 'human', visit: (browser, url) => open(browser, { ...DESKTOP, extraHTTPHeaders: { 'x-forwarded-for': '52.100.7.9' } }, url, readWithMouse) },
  { name: 'office behind one address', truth: 'human', visit: (browser, url) => open(browser, { ...DESKTOP, extraHTTPHeaders: { 'x-forwarded-for': '198.51.100.44' } }, url, readWithMouse) },
  { name: 'forwarded link', truth: 'human', visit: (browser, url) =>
    open(browser, { ...DESKTOP, userAgent: CHROME.replace('Windows NT 10.0; Win64; x64', 'Macintosh; Intel Mac OS X 10_15_7'), extraHTTPHeaders: { 'x-forwarded-for': '203.0.113.77' } }, url, readWithMouse) },
];
