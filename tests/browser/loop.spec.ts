/** The loop as three people walk it: collateral in, pitch out, signals back, numbers seen. */
import { join } from 'node:path';
import { expect, type Locator, type Page } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { address, desktop, phone, signIn, test } from './support/people.ts';
import { read, swipeUp } from './support/touch.ts';

const FILES = join(import.meta.dirname, 'files');
const PDF = 'quillbrook-mill.pdf';
const PPTX = 'yard-automation.pptx';
/** Stands on page 3 of the PDF and nowhere else. */
const SENTENCE = 'Eleven lavender gantries now whistle before they turn';

// A demo that keeps running between test runs has the titles of the last one.
const RUN = Date.now().toString(36);
const REPORT = `Quillbrook mill ${RUN}`;
const DECK = `Yard automation ${RUN}`;
const PITCH = `For the mill ${RUN}`;
/** What the report says of content that nobody has used. */
const UNTOUCHED = { Used: '0', Sent: '0', Read: '0', Shares: '0', Downloads: '0', 'Deals touched': '0', 'Left out': '0' };
const READER = 'Wilhelmina Oakes';
const SECOND = 'Bertram Quist';
const COLLEAGUE = 'Ottilie Brandt';

test('three people walk the loop in one run', async ({ browser, request }) => {
  test.setTimeout(8 * 60_000);

  const marketer = await (await desktop(browser)).newPage();
  const repContext = await desktop(browser);
  const rep = await repContext.newPage();
  let urls: string[] = [];

  await test.step('sign-in', async () => {
    await marketer.goto('/');
    await expect(marketer.getByRole('heading', { name: 'Sign in', level: 1 })).toBeVisible();
    await expectAccessible(marketer, 'sign-in');
    await signIn(marketer, 'marketer');
    await signIn(rep, 'rep');
  });

  await test.step('the marketer uploads a PDF and a PPTX and sees them convert', async () => {
    await marketer.goto('/library');
    await marketer.getByRole('button', { name: 'Upload' }).click();
    const dialog = marketer.getByRole('dialog', { name: 'Upload' });
    const chooser = marketer.waitForEvent('filechooser');
    await dialog.getByRole('button', { name: 'Choose files' }).click();
    await (await chooser).setFiles([join(FILES, PDF), join(FILES, PPTX)]);
    await expect(dialog.getByRole('status')).toHaveText('2 files sent');
    // A demo that keeps running between test runs has these very files already.
    for (const again of await dialog.getByRole('button', { name: 'Upload anyway' }).all()) await again.click();
    await dialog.getByLabel(`Title of ${PDF}`).fill(REPORT);
    await dialog.getByLabel(`Title of ${PPTX}`).fill(DECK);
    await dialog.getByLabel('Approve at once').check();
    await expectAccessible(marketer, 'upload dialog');
    await dialog.getByRole('button', { name: 'Upload 2 files' }).click();

    const dock = marketer.getByRole('region', { name: 'Uploads' });
    const lineOf = (file: string): Locator => dock.getByRole('listitem').filter({ hasText: file });
    await expect(lineOf(PPTX)).toContainText(/Sending|Sent|Converting|Waiting for conversion|Ready/);
    await expect(lineOf(PDF)).toContainText('Ready, 4 pages', { timeout: 120_000 });
    await expect(lineOf(PPTX)).toContainText('Ready, 3 pages', { timeout: 120_000 });
    await expect(dock.getByRole('status')).toHaveText('All files are ready');
    await expectAccessible(marketer, 'library with uploads');

    await dock.getByRole('link', { name: `Open ${PPTX}` }).click();
    await expect(marketer.getByRole('heading', { name: DECK, level: 1 })).toBeVisible();
    await expect(marketer.getByText('1 / 3')).toBeVisible();
    await shown(marketer.getByRole('img', { name: /^Page 1/ }));
    await expectAccessible(marketer, 'asset');
  });

  await test.step('before anybody has used it, the numbers are nought', async () => {
    expect(await numbersOf(marketer, REPORT)).toMatchObject(UNTOUCHED);
  });

  const live = await repContext.newPage();
  await live.goto('/live');
  await expect(live.getByRole('heading', { name: 'Live' })).toBeVisible();

  await test.step('the rep finds a sentence of page 3 for one opportunity', async () => {
    await rep.goto('/opportunities');
    await rep.getByRole('main').getByRole('listitem').getByRole('link').first().click();
    await expect(rep.getByRole('region', { name: 'Stages' })).toBeVisible();
    await expect(rep.getByRole('heading', { name: 'Contacts' })).toBeVisible();
    await expectAccessible(rep, 'opportunity');
    await rep.getByRole('link', { name: 'Find content' }).click();
    await expect(rep.getByText('Ranked for')).toBeVisible();
    await rep.getByRole('combobox', { name: 'Search the library' }).fill(SENTENCE);
    const hit = hitOf(rep, REPORT);
    await expect(hit.getByText(/^Page 3/)).toBeVisible();
    await expect(hit.locator('mark', { hasText: 'lavender' })).toBeVisible();
    await expect(hitOf(rep, DECK)).toHaveCount(0);
    await rep.getByRole('combobox', { name: 'Search the library' }).blur();
    await expectAccessible(rep, 'library with results');
  });

  await test.step('adds that single page to a new pitch', async () => {
    await hitOf(rep, REPORT).getByRole('button', { name: 'Add page 3' }).click();
    const picker = rep.getByRole('dialog', { name: 'Add to a pitch' });
    await picker.getByRole('button', { name: 'New pitch' }).click();
    await expect(picker).toBeHidden();
    await rep.getByRole('link', { name: 'Open it' }).click();
    const cards = rep.getByRole('region', { name: 'In this pitch' });
    await expect(cards.getByRole('listitem')).toHaveCount(1);
    await expect(cards.getByRole('listitem')).toContainText(REPORT);
    await expect(cards.getByRole('listitem')).toContainText('Page 3');
    await rep.getByLabel('Title', { exact: true }).fill(PITCH);
    await rep.getByRole('textbox', { name: 'Message' }).fill('The page we spoke of.');
    await expect(rep.getByText('All changes saved')).toBeVisible();
    await expectAccessible(rep, 'composer');
  });

  await test.step('and makes two links', async () => {
    await rep.getByRole('button', { name: 'Get tracked links' }).click();
    const dialog = rep.getByRole('dialog', { name: 'Tracked links' });
    await dialog.getByLabel('Name of recipient 1').fill(READER);
    await dialog.getByRole('button', { name: 'Another' }).click();
    await dialog.getByLabel('Name of recipient 2').fill(SECOND);
    await dialog.getByRole('button', { name: 'Create 2 links' }).click();
    await expect(dialog.getByRole('heading', { name: '2 links' })).toBeVisible();
    urls = await Promise.all([READER, SECOND].map((name) => dialog.getByLabel(`Link for ${name}`, { exact: true }).inputValue()));
    expect(new Set(urls).size).toBe(2);
    for (const url of urls) expect(url).toMatch(new RegExp(`^${address()}/p/[\\w-]{20,}$`));

    await repContext.grantPermissions(['clipboard-read', 'clipboard-write']);
    await dialog.getByRole('button', { name: `Copy link for ${READER}` }).click();
    await expect(dialog.getByRole('status').getByText('Link copied')).toBeAttached();
    expect(await rep.evaluate(() => navigator.clipboard.readText())).toBe(urls[0]);
    await expectAccessible(rep, 'link dialog');
    await dialog.getByRole('button', { name: 'Close' }).click();
  });

  const unread = await unreadOf(rep);
  const prospectContext = await phone(browser);
  const prospect = await prospectContext.newPage();

  await test.step('the prospect reads on a phone', async () => {
    const [url = ''] = urls;
    await prospect.goto(url);
    await expect(prospect.getByRole('heading', { name: PITCH })).toBeVisible();
    await shown(prospect.getByRole('img').first());
    await swipeUp(prospect, 500);
    await read(prospect, 6000);
  });

  await test.step('the rep sees it live, without a reload', async () => {
    const line = live.getByRole('listitem').filter({ hasText: PITCH });
    const reading = read(prospect, 14_000);
    await expect(line).toBeVisible({ timeout: 30_000 });
    await expect(line).toContainText(READER);
    await expect(line).toContainText('On page 3');
    await expect(line).toContainText('Now');
    await expect.poll(() => unreadOf(rep), { timeout: 30_000 }).toBe(unread + 1);
    await reading;
    await expectAccessible(live, 'live');
  });

  await test.step('the prospect shares with a colleague', async () => {
    await prospect.getByRole('button', { name: 'Share' }).tap();
    const sheet = prospect.getByRole('region', { name: 'Share with a colleague' });
    await sheet.getByLabel('Name').fill(COLLEAGUE);
    await sheet.getByRole('button', { name: 'Make a link' }).tap();
    await expect(sheet.getByText('The link is ready.')).toBeVisible();
    const shared = await sheet.getByLabel('Their link').inputValue();
    expect(urls).not.toContain(shared);
    expect((await request.get(shared, { headers: { 'user-agent': 'curl/8.0' }, maxRedirects: 0 })).status()).toBe(200);
    await expectAccessible(prospect, "prospect's page, sharing");
    await sheet.getByRole('button', { name: 'Close' }).tap();
    await expectAccessible(prospect, "prospect's page");

    await expect(live.getByRole('listitem').filter({ hasText: PITCH })).toContainText('1 share');
    await expect.poll(() => unreadOf(rep)).toBe(unread + 2);
    await rep.getByRole('button', { name: /^Notifications/ }).click();
    const news = rep.getByRole('region', { name: 'Notifications' }).getByRole('listitem').filter({ hasText: PITCH });
    await expect(news).toHaveCount(2);
    await expect(news.first()).toContainText('shared your pitch with a colleague');
    await rep.keyboard.press('Escape');
    await expect.poll(() => unreadOf(rep)).toBe(0);
  });

  await test.step("the marketer's numbers have changed, to the event", async () => {
    // The share's own check above was a program's: left out, like any other scanner.
    await expect.poll(() => numbersOf(marketer, REPORT)).toMatchObject({
      Used: '1',
      Sent: '2',
      Read: '1',
      Shares: '1',
      Downloads: '0',
      'Deals touched': '1',
      'Left out': '1',
    });
    expect(await numbersOf(marketer, DECK)).toMatchObject(UNTOUCHED);
  });

  await test.step('a mail scanner changes nothing but what is left out', async () => {
    const before = await numbersOf(marketer, REPORT);
    const [, second = ''] = urls;
    const answer = await request.get(second, { headers: { 'user-agent': 'Mozilla/5.0 (compatible; BarracudaSentinel/1.0)' } });
    expect(answer.status()).toBe(200);
    await expect.poll(() => numbersOf(marketer, REPORT)).toEqual({ ...before, 'Left out': '2' });
    await expectAccessible(marketer, 'analytics');
    await marketer.getByRole('link', { name: REPORT }).click();
    const pages = marketer.getByRole('region', { name: 'Page by page' });
    for (const [page, views] of [[1, '0'], [2, '0'], [3, '1'], [4, '0']] as const) {
      await expect(pages.getByRole('row').filter({ hasText: `Page ${page}` }).getByRole('cell').first()).toHaveText(views);
    }
    await expect(marketer.getByRole('region', { name: 'Deals it touched' }).getByRole('row')).toHaveCount(2);
    await expectAccessible(marketer, 'report of an asset');
  });
});

const hitOf = (page: Page, title: string): Locator => page.getByRole('article').filter({ has: page.getByRole('heading', { name: title }) });

/** What the bell says. */
async function unreadOf(page: Page): Promise<number> {
  const bell = await page.getByRole('button', { name: /^Notifications/ }).ariaSnapshot();
  return Number(/(\d+) unread/.exec(bell)?.[1] ?? 0);
}

/** The row of the content report with this title, by column; empty where there is none. */
async function numbersOf(page: Page, title: string): Promise<Record<string, string>> {
  await page.goto(`/analytics/content?q=${encodeURIComponent(title)}`);
  const table = page.getByRole('table', { name: 'Content performance by asset' });
  await expect(table.or(page.getByText('Nothing matches these filters.'))).toBeVisible();
  if (!(await table.isVisible())) return {};
  return table.evaluate((element, wanted) => {
    const row = [...element.querySelectorAll('tbody tr')].find((one) => one.querySelector('th')?.textContent?.includes(wanted));
    // The first line is the name; the button that explains it says more to screen readers.
    const heads = [...element.querySelectorAll<HTMLElement>('thead th')].map((one) => one.innerText.trim().split('\n')[0] ?? '');
    const cells = [...(row?.children ?? [])].map((cell) => (cell.textContent ?? '').trim());
    return Object.fromEntries(cells.slice(1).map((text, index) => [heads[index + 1] ?? '', text]));
  }, title);
}

/** The picture itself has arrived, not only its frame. */
async function shown(image: Locator): Promise<void> {
  await expect(image).toBeVisible();
  await expect.poll(() => image.evaluate((one: HTMLImageElement) => one.complete && one.naturalWidth > 0)).toBe(true);
}
