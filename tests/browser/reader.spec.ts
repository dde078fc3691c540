/** Reading a long pitch: as light as a short one, with everything that makes reading comfortable, and questions answered. */
import { expect, type Page } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { linkedPdf } from './support/paper.ts';
import { address, desktop, phone, test } from './support/people.ts';
import { call, signInByApi } from './support/pitch.ts';
import { scriptlessPage } from './support/scriptless.ts';
import { expectTree } from './support/trees.ts';
import { WAYS } from './support/ways.ts';
import { wire } from './support/wire.ts';

const PAGES = 60;
const WORD = 'kingfisher';

let long: { pitch: string; url: string; title: string; opportunity: string };

/** A deck of sixty pages, approved and sent. It is made once; the tests share its link. */
test.beforeAll(async ({ playwright }) => {
  test.setTimeout(180_000);
  const marketer = await playwright.request.newContext({ baseURL: address() });
  await signInByApi(marketer, 'marketer');
  const title = `Sixty pages ${Date.now().toString(36)}`;
  const pages = Array.from({ length: PAGES }, (_, at) => [`Topic ${at + 1}`, `The sentence of page ${at + 1}.`, at === 36 ? `Only here a ${WORD} is seen.` : 'And one more line.']);
  const answer = await marketer.post(`${address()}/api/v1/assets`, {
    headers: { origin: address() },
    multipart: {
      metadata: JSON.stringify({ title, state: 'approved', kind: 'deck', language: 'en' }),
      file: { name: 'sixty.pdf', mimeType: 'application/pdf', buffer: linkedPdf(pages, { to: 40, url: 'https://example.org/sensors' }) },
    },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  const asset = (await answer.json()).id;
  await expect
    .poll(async () => (await call(marketer, 'get', `/api/v1/assets/${asset}`)).current_version.state, { timeout: 120_000 })
    .toBe('ready');
  const rep = await playwright.request.newContext({ baseURL: address() });
  await signInByApi(rep, 'rep');
  const deals = await call(rep, 'get', '/api/v1/opportunities?outcome=open&owner=me');
  const pitch = await call(rep, 'post', '/api/v1/pitches', {
    opportunity_id: deals.items[0].id,
    title,
    message: 'All of it.',
    items: [{ asset_id: asset }],
  });
  const links = await call(rep, 'post', `/api/v1/pitches/${pitch.id}/links`, { recipients: [{ name: 'Noor' }] });
  long = { pitch: pitch.id, url: links.items[0].url, title, opportunity: deals.items[0].id };
});

async function open(page: Page): Promise<void> {
  await page.goto(long.url);
  await expect(page.locator('figure')).toHaveCount(PAGES);
}

test('sixty pages are opened with at most 6 KB and twelve requests', async ({ browser }) => {
  const document = await wire(long.url);
  expect(document).toMatchObject({ status: 200, encoding: 'br' });
  expect(document.bytes).toBeLessThanOrEqual(6 * 1024);
  const context = await phone(browser);
  const page = await context.newPage();
  const requests: string[] = [];
  let untilShown = 0;
  page.on('request', (one) => requests.push(one.url()));
  page.on('load', () => (untilShown = requests.length));
  await page.goto(long.url, { waitUntil: 'load' });
  await expect(page.locator('#p1 img')).toHaveJSProperty('complete', true);
  expect(untilShown).toBeGreaterThan(1);
  expect(untilShown).toBeLessThanOrEqual(12);
  await expect(page.locator('figure')).toHaveCount(PAGES);
  expect(new Set(requests.map((one) => new URL(one).host))).toEqual(new Set([new URL(address()).host]));
  await context.close();
});

test('no picture is fetched twice while one reads on', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  const pictures: string[] = [];
  page.on('request', (one) => {
    if (one.resourceType() === 'image') pictures.push(one.url());
  });
  await open(page);
  for (let to = 2; to <= 10; to++) {
    await page.locator(`#p${to}`).scrollIntoViewIfNeeded();
    await expect(page.locator(`#p${to} img`)).toHaveJSProperty('complete', true);
  }
  await expect.poll(() => pictures.length).toBeGreaterThan(10);
  expect(pictures).toEqual([...new Set(pictures)]);
  await context.close();
});

test('without script all sixty can be read, from page to page, and words be found', async ({ browser }) => {
  const context = await phone(browser);
  const page = await scriptlessPage(context);
  await page.goto(long.url);
  let read = await page.locator('figure').count();
  await page.getByRole('link', { name: 'Pages 5 to 60' }).click();
  for (;;) {
    read += await page.locator('figure').count();
    await expect(page.locator('figure details').first()).toBeVisible();
    const next = page.getByRole('link', { name: /^Pages from/ });
    if ((await next.count()) === 0) break;
    await next.click();
  }
  expect(read).toBe(PAGES);
  await page.goto(`${long.url}/search`);
  await page.getByRole('searchbox').fill(WORD);
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('link', { name: /Page 37/ })).toBeVisible();
  await context.close();
});

test('the keyboard is enough: pages, zoom, search, contents, help', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await open(page);
  const where = page.locator('#n');
  await page.keyboard.press('ArrowRight');
  await expect(where).toHaveText('2 / 60');
  await page.keyboard.press('End');
  await expect(where).toHaveText('60 / 60');
  await page.keyboard.press('Home');
  await expect(where).toHaveText('1 / 60');
  const width = () => page.locator('#p1 img').evaluate((one) => one.getBoundingClientRect().width);
  const before = await width();
  await page.keyboard.press('+');
  expect(await width()).toBeGreaterThan(before * 1.2);
  await page.keyboard.press('0');
  expect(await width()).toBeCloseTo(before, 0);
  await page.keyboard.press('/');
  await page.keyboard.type(WORD);
  await expect(page.getByText('On one page')).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(where).toHaveText('37 / 60');
  await expect(page.locator('#p37 mark')).toHaveText(WORD);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Contents' }).click();
  await page.getByRole('dialog', { name: 'Contents' }).getByRole('link', { name: 'Topic 50' }).click();
  await expect(where).toHaveText('50 / 60');
  await context.close();
});

test('a screen reader finds pages, their words and their links', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await open(page);
  await expect(page.getByRole('heading', { level: 1, name: long.title })).toBeVisible();
  await expect(page.getByRole('img', { name: 'Page 1: Topic 1' })).toBeVisible();
  const text = page.getByRole('group', { name: 'Text of page 1' });
  await expect(text).toContainText('The sentence of page 1.');
  await expect(page.getByRole('toolbar', { name: 'Reading' })).toBeVisible();
  const out = page.locator('#p1').getByRole('link', { name: /example\.org\/sensors/ });
  await expect(out).toHaveAttribute('rel', /noopener/);
  await page.locator('#p1').getByRole('link', { name: /Page 40/ }).click();
  await expect(page.locator('#n')).toHaveText('40 / 60');
  const selected = await page.locator('#p40 .t').evaluate((layer) => {
    getSelection()?.selectAllChildren(layer);
    return String(getSelection());
  });
  expect(selected).toContain('The sentence of page 40.');
  await expectAccessible(page, 'reader');
  await context.close();
});

test('on a phone pages are swiped, and what was seen stays without network', async ({ browser }) => {
  const context = await phone(browser);
  const page = await context.newPage();
  await open(page);
  await expect(page.locator('#p1 .t')).toHaveCount(1);
  await swipe(page, 300, 60);
  await expect(page.locator('#n')).toHaveText('2 / 60');
  await expectAccessible(page, 'reader on a phone');
  await context.setOffline(true);
  await expect(page.getByText(/^Offline/)).toBeVisible();
  await swipe(page, 60, 300);
  await expect(page.locator('#p1 .t')).toContainText('The sentence of page 1.');
  await context.setOffline(false);
  await expect(page.getByText(/^Offline/)).toBeHidden();
  await context.close();
});

test('a question is asked below a page, answered in the app, and stands below the page', async ({ browser, request }) => {
  await signInByApi(request, 'rep');
  // The demo has questions of its own.
  const before = (await call(request, 'get', '/api/v1/questions/open')).mine;
  const context = await phone(browser);
  const page = await context.newPage();
  await open(page);
  await page.getByRole('button', { name: 'Ask about page 2', exact: true }).click();
  const panel = page.getByRole('dialog', { name: 'Ask a question' });
  await panel.getByLabel('Your question').fill('How long does the battery last?');
  await panel.getByLabel(/^Your name/).fill('Noor Haddad');
  await panel.getByRole('button', { name: 'Send' }).click();
  await expect(panel.getByText(/^Sent\./)).toBeVisible();
  await expectAccessible(page, 'question');
  await page.keyboard.press('Escape');
  await expect(page.locator('#p2 .qa')).toContainText('Not answered yet.');

  const house = await desktop(browser);
  await signInByApi(house.request, 'rep');
  const app = await house.newPage();
  await app.goto('/questions');
  const asked = app.getByRole('article', { name: 'How long does the battery last?' });
  await expect(asked).toBeVisible();
  await expectAccessible(app, 'questions');
  await asked.getByRole('button', { name: 'Answer' }).click();
  await asked.getByLabel('Your answer').fill('Five years.');
  await asked.getByRole('button', { name: 'Answer' }).click();
  await expect(asked.getByText('Five years.')).toBeVisible();
  await house.close();

  await page.reload();
  await expect(page.locator('#p2 .qa')).toContainText('Five years.');
  expect((await call(request, 'get', '/api/v1/questions/open')).mine).toBe(before);
  await context.close();
});

for (const { how, hands, open: opened } of WAYS) {
  test(`the page says what is measured, gives a copy and erases, ${how}`, async ({ browser, request }) => {
    await signInByApi(request, 'rep');
    // The others have asked questions through the shared link.
    const links = await call(request, 'post', `/api/v1/pitches/${long.pitch}/links`, { recipients: [{ name: 'Noor' }], nameless_allowed: true });
    const { url } = links.items[0];
    const page = await opened(browser);
    await page.goto(`${url}/search?q=sentence`);
    await expectTree(page, 'search');
    await page.goto(`${url}/questions`);
    await expectTree(page, 'questions');
    await page.goto(`${url}/pages?from=30`);
    await expectAccessible(page, 'further pages');
    await page.goto(`${url}/privacy`);
    await expectTree(page, 'privacy');
    const download = page.waitForEvent('download');
    await hands.press(page.getByRole('link', { name: 'Download a copy' }));
    expect((await download).suggestedFilename()).toBe('my-viewing-data.json');
    await hands.press(page.getByRole('button', { name: 'Erase it' }));
    await expectTree(page, 'erased');
    await page.context().close();
  });
}

test('paper shows a friendly sheet where downloads are not allowed', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await open(page);
  await page.emulateMedia({ media: 'print' });
  await expect(page.getByText('This document is for reading on screen.')).toBeVisible();
  await expect(page.locator('figure').first()).toBeHidden();
  await context.close();
});

/** One finger across the middle of the window. */
async function swipe(page: Page, from: number, to: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const touch = (type: string, x?: number) =>
    session.send('Input.dispatchTouchEvent', { type: type as 'touchStart', touchPoints: x === undefined ? [] : [{ x, y: 500 }] });
  await touch('touchStart', from);
  for (let step = 1; step <= 4; step += 1) await touch('touchMove', from + ((to - from) * step) / 4);
  await touch('touchEnd');
  await session.detach();
}

