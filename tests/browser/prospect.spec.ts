/** The prospect's page: light, without third parties, of use without scripts and without a mouse. */
import { expect } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { address, desktop, phone, signIn, test } from './support/people.ts';
import { call, linksOf, sendPitch, signInByApi, type Link, type Sent } from './support/pitch.ts';
import { wire } from './support/wire.ts';

const LARGEST_DOCUMENT = 6 * 1024;
const MOST_REQUESTS = 12;
const NAMES = ['Light', 'Scriptless', 'Revoked', 'Untouched', 'Keyboard'] as const;

let sent: Sent;
const linkOf = (name: (typeof NAMES)[number]): Link => {
  const link = sent.links[NAMES.indexOf(name)];
  if (!link) throw new Error(`no link for ${name}`);
  return link;
};

test.beforeEach(async ({ request }) => {
  await signInByApi(request, 'rep');
  sent ??= await sendPitch(request, `Three pages ${Date.now().toString(36)}`, [...NAMES]);
});

test('the document is at most 6 KB on the wire, and no third party is asked for anything', async ({ browser }) => {
  const { url } = linkOf('Light');
  const document = await wire(url);
  expect(document).toMatchObject({ status: 200, encoding: 'br' });
  expect(document.bytes).toBeLessThanOrEqual(LARGEST_DOCUMENT);

  const context = await phone(browser);
  const page = await context.newPage();
  const requests: string[] = [];
  page.on('request', (one) => requests.push(one.url()));
  await page.goto(url, { waitUntil: 'load' });
  expect(requests.length).toBeLessThanOrEqual(MOST_REQUESTS);
  await page.mouse.wheel(0, 3000);
  await page.waitForLoadState('networkidle');
  expect(new Set(requests.map((one) => new URL(one).host))).toEqual(new Set([new URL(address()).host]));
  await context.close();
});

test('without scripts the pages and their text can be read, and the link shared', async ({ browser, request }) => {
  const context = await phone(browser, { javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(linkOf('Scriptless').url);
  await expect(page.getByRole('heading', { name: sent.title })).toBeVisible();
  const pictures = page.locator('figure img');
  await expect(pictures).toHaveCount(3);
  for (const src of await pictures.evaluateAll((all) => all.map((one) => (one as HTMLImageElement).src))) {
    const picture = await page.request.get(src);
    expect(picture.headers()['content-type']).toMatch(/^image\//);
  }
  const text = page.locator('figure details').first();
  await text.getByText('Text of page 1').click();
  await expect(text.getByRole('paragraph')).toBeVisible();
  expect((await text.getByRole('paragraph').innerText()).length).toBeGreaterThan(20);

  await page.getByRole('button', { name: 'Share' }).click();
  await page.getByLabel('Name').fill('Dorothea Lind');
  await page.getByRole('button', { name: 'Make a link' }).click();
  await expect(page.getByRole('heading', { name: 'The link is ready' })).toBeVisible();
  await expect(page.getByText('This link is for Dorothea Lind.')).toBeVisible();
  await expectTree(request);
  await page.goto(await page.getByLabel('Their link').inputValue());
  await expect(page.getByRole('heading', { name: sent.title })).toBeVisible();
  await context.close();

  async function expectTree(as: typeof request): Promise<void> {
    const links = await linksOf(as, sent.id);
    expect(links.filter((link) => link.parent_link_id === linkOf('Scriptless').id)).toHaveLength(1);
  }
});

test('a revoked link shows a friendly page with the sender, and answers 410', async ({ browser, request }) => {
  const context = await phone(browser);
  const page = await context.newPage();
  await page.goto(linkOf('Revoked').url);
  await expect(page.getByRole('heading', { name: sent.title })).toBeVisible();
  await call(request, 'post', `/api/v1/links/${linkOf('Revoked').id}/revoke`);
  const answer = await page.reload();
  expect(answer?.status()).toBe(410);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name: /^Write to/ })).toHaveAttribute('href', 'mailto:rep@lastmile.example');
  await expect(page.locator('figure')).toHaveCount(0);
  await expectAccessible(page, 'revoked link');
  await context.close();
});

test('a preview is the same page, and counts nothing', async ({ browser, request }) => {
  const context = await desktop(browser);
  await signInByApi(context.request, 'rep');
  const page = await context.newPage();
  const posts: string[] = [];
  page.on('request', (one) => {
    if (one.method() === 'POST') posts.push(one.url());
  });
  await page.goto(sent.previewUrl);
  await expect(page.getByText('Nothing is recorded')).toBeVisible();
  await expect(page.locator('figure')).toHaveCount(3);
  await page.mouse.move(200, 300);
  await page.mouse.wheel(0, 600);
  await page.waitForTimeout(4000);
  await expectAccessible(page, 'preview');
  await page.close();
  expect(posts).toEqual([]);
  const link = (await linksOf(request, sent.id)).find((one) => one.id === linkOf('Untouched').id);
  expect(link).toMatchObject({ reads: 0, machine_visits: 0 });
  await context.close();
});

test('whoever may views without a name, with and without scripts, and takes it back', async ({ browser, request }) => {
  const made = await call(request, 'post', `/api/v1/pitches/${sent.id}/links`, {
    recipients: [{ name: 'Nameless' }],
    nameless_allowed: true,
  });
  const { url, id } = made.items[0] as Link;
  const deal = sent.opportunity;
  const nameless = async () => (await call(request, 'get', `/api/v1/opportunities/${deal}/viewers`)).nameless_visits as number;
  const before = await nameless();
  for (const javaScriptEnabled of [false, true]) {
    const context = await phone(browser, { javaScriptEnabled });
    const page = await context.newPage();
    await page.goto(url);
    await page.getByRole('link', { name: 'How viewing is measured' }).click();
    await page.getByRole('button', { name: 'View without my name' }).click();
    await expect(page.getByText('You view this link without your name.')).toBeVisible();
    if (javaScriptEnabled) {
      await expectAccessible(page, 'viewing without a name');
      await page.getByRole('link', { name: 'Back to reading' }).click();
      await expect(page.locator('figure')).toHaveCount(3);
      await page.mouse.wheel(0, 400);
      await expect.poll(nameless).toBe(before + 1);
      expect((await linksOf(request, sent.id)).find((one) => one.id === id)).toMatchObject({ reads: 0 });
      await page.getByRole('link', { name: 'How viewing is measured' }).click();
    }
    await page.getByRole('button', { name: 'View with my name again' }).click();
    await expect(page.getByRole('button', { name: 'View without my name' })).toBeVisible();
    await context.close();
  }
  const named = await call(request, 'post', `/api/v1/pitches/${sent.id}/links`, {
    recipients: [{ name: 'Named' }],
    nameless_allowed: false,
  });
  const context = await desktop(browser);
  const page = await context.newPage();
  await page.goto(`${(named.items[0] as Link).url}/privacy`);
  await expect(page.getByRole('heading', { name: 'How viewing is measured' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'View without my name' })).toHaveCount(0);
  await signIn(page, 'rep');
  await page.goto(`/opportunities/${deal}`);
  await expect(page.getByText('Someone, without a name')).toBeVisible();
  await context.close();
});

test('sharing needs no mouse', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await page.goto(linkOf('Keyboard').url);
  const share = page.getByRole('button', { name: 'Share' });
  for (let step = 0; step < 5 && !(await isFocused()); step += 1) await page.keyboard.press('Tab');
  expect(await isFocused()).toBe(true);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Share with a colleague' })).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.type('Hedwig Thorne');
  await page.keyboard.press('Enter');
  await expect(page.getByText('The link is ready.')).toBeVisible();
  await expect(page.getByLabel('Their link')).toHaveValue(/\/p\//);
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: 'Share with a colleague' })).toBeHidden();
  await context.close();

  function isFocused(): Promise<boolean> {
    return share.evaluate((one) => one === document.activeElement);
  }
});
