/** The prospect's page: light, without third parties, of use without scripts and without a mouse. */
import { expect } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { address, desktop, phone, signIn, test } from './support/people.ts';
import { call, linksOf, sendPitch, signInByApi, type Link, type Sent } from './support/pitch.ts';
import { scriptlessPage } from './support/scriptless.ts';
import { expectTree } from './support/trees.ts';
import { WAYS } from './support/ways.ts';
import { wire } from './support/wire.ts';

const LARGEST_DOCUMENT = 6 * 1024;
const MOST_REQUESTS = 12;
const NAMES = ['Light', 'Scriptless', 'Untouched'] as const;

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

test('without scripts the pages and their text can be read', async ({ browser }) => {
  const context = await phone(browser);
  const page = await scriptlessPage(context);
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
  await context.close();
});

for (const { how, hands, scripts, open } of WAYS) {
  test(`a pitch is what a screen reader expects, and is shared, ${how}`, async ({ browser, request }) => {
    const made = await call(request, 'post', `/api/v1/pitches/${sent.id}/links`, { recipients: [{ name: 'Hedwig Thorne' }], expires_at: null });
    const link = made.items[0] as Link;
    const page = await open(browser);
    await page.goto(link.url);
    await expectTree(page, scripts ? 'pitch' : 'pitch without scripts');
    await hands.press(page.getByRole('button', { name: 'Share' }));
    await expect(page.getByRole('heading', { name: 'Share with a colleague' })).toBeVisible();
    await expectAccessible(page, 'sharing');
    await hands.fill(page.getByLabel('Name'), 'Dorothea Lind');
    await hands.press(page.getByRole('button', { name: 'Make a link' }));
    await expect(page.getByText(scripts ? 'The link is ready.' : 'This link is for Dorothea Lind.')).toBeVisible();
    if (!scripts) await expectTree(page, 'shared');
    const theirs = await page.getByLabel('Their link').inputValue();
    if (scripts) {
      await hands.press(page.getByRole('button', { name: 'Close' }));
      await expect(page.getByRole('heading', { name: 'Share with a colleague' })).toBeHidden();
    }
    const children = (await linksOf(request, sent.id)).filter((one) => one.parent_link_id === link.id);
    expect(children.map((one) => one.recipient?.name)).toEqual(['Dorothea Lind']);
    await page.goto(theirs);
    await expect(page.getByRole('heading', { name: sent.title })).toBeVisible();
    await page.context().close();
  });
}

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
  for (const scripts of [false, true]) {
    const context = await phone(browser);
    const page = await (scripts ? context.newPage() : scriptlessPage(context));
    await page.goto(url);
    await page.getByRole('link', { name: 'How viewing is measured' }).click();
    await page.getByRole('button', { name: 'View without my name' }).click();
    await expect(page.getByText('You view this link without your name.')).toBeVisible();
    await expectAccessible(page, 'viewing without a name');
    if (scripts) {
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
