/** A new version: what changed, who has read the old pages, telling them, and the old one made current again. */
import { expect, type Locator, type Page } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { addContent, addVersion, expectPages, paper, pictureOf } from './support/content.ts';
import { desktop, phone, signIn, test } from './support/people.ts';
import { call, sendItems, signInByApi } from './support/pitch.ts';
import { read } from './support/touch.ts';

const RUN = Date.now().toString(36);
const TITLE = `Gate prices ${RUN}`;
const READER = 'Philippa Vane';
const NOTE = 'Prices of the new year';

const COVER = ['Gates that open themselves', 'An overview for yards with many lorries'];
const PRICES = ['What it costs', 'From 90 euros per gate and month', 'Setup is done within a week'];
const DEARER = ['What it costs', 'From 120 euros per gate and month', 'Setup is done within a week'];
const TEAM = ['Who looks after you', 'These people know your yard from the first day on'];

test('a reader of a page that has changed is told of it', async ({ browser }) => {
  test.setTimeout(4 * 60_000);
  const marketerContext = await desktop(browser);
  const repContext = await desktop(browser);
  const [marketer, rep] = [await marketerContext.newPage(), await repContext.newPage()];
  await signIn(marketer, 'marketer');
  await signIn(rep, 'rep');
  const asset = await addContent(marketerContext.request, { title: TITLE, state: 'approved', kind: 'deck' }, paper([COVER, PRICES]));

  await test.step('a prospect reads the first version', async () => {
    await signInByApi(repContext.request, 'rep');
    const recipient = { name: READER, email: `philippa.${RUN}@vane.example` };
    const { links } = await sendItems(repContext.request, `Gates ${RUN}`, [{ asset_id: asset, page_number: 2 }], [recipient]);
    const link = links[0]!;
    const prospect = await (await phone(browser)).newPage();
    await prospect.goto(link.url);
    await read(prospect, 15_000);
    await expect.poll(async () => (await call(repContext.request, 'get', `/api/v1/links/${link.id}`)).reads, { timeout: 60_000 }).toBe(1);
    await prospect.context().close();
  });

  await test.step('the marketer uploads a new version and says what changed', async () => {
    await marketer.goto(`/assets/${asset}`);
    await marketer.getByRole('main').getByRole('button', { name: 'More' }).click();
    await marketer.getByRole('button', { name: 'Upload new version' }).click();
    const dialog = marketer.getByRole('dialog', { name: `New version of ${TITLE}` });
    await dialog.getByLabel('File').setInputFiles(paper([TEAM, COVER, DEARER], 'gates-2.pdf'));
    await dialog.getByLabel('What changed?').fill(NOTE);
    await expectAccessible(marketer, 'new version');
    await dialog.getByRole('button', { name: 'Upload' }).click();
    const versions = marketer.getByRole('region', { name: 'Versions' });
    await expect(versions.getByRole('listitem').filter({ hasText: 'Version 2' })).toContainText('current', { timeout: 60_000 });
    await expect(versions).toContainText(NOTE);
  });

  await test.step('compares the two', async () => {
    await marketer.getByRole('button', { name: 'What to do with version 2' }).click();
    await marketer.getByRole('link', { name: 'Compare with version 1' }).click();
    await expect(marketer.getByText('1 changed, 1 added, 1 the same')).toBeVisible();
    const changed = marketer.getByRole('listitem', { name: 'Page 2, now 3: Changed: text and picture' });
    await expect(changed.locator('del')).toHaveText('90');
    await expect(changed.locator('ins')).toHaveText('120');
    await marketer.keyboard.press('n');
    await marketer.keyboard.press('n');
    await expect(changed).toBeFocused();
    await marketer.keyboard.press('p');
    await expect(marketer.getByRole('listitem', { name: 'Page 1: Added' })).toBeFocused();
    await expectAccessible(marketer, 'comparison');
  });

  await test.step('the rep tells the reader, once', async () => {
    await rep.goto(`/assets/${asset}`);
    await rep.getByText('Who has read pages that have since changed').click();
    const reader = rep.getByRole('listitem').filter({ hasText: READER });
    await expect(reader.first()).toContainText('Page 2 of version 1: new text and picture');
    await expectAccessible(rep, 'readers of changed pages');
    await rep.getByRole('button', { name: 'Tell them' }).click();
    const dialog = rep.getByRole('dialog', { name: 'Tell them what has changed' });
    await expect(dialog.getByRole('checkbox', { name: READER })).toBeChecked();
    await expectAccessible(rep, 'telling readers');
    await dialog.getByRole('button', { name: 'Tell 1 reader' }).click();
    await expect(reader.first()).toContainText('They were told.');
    await expect(rep.getByRole('button', { name: 'Tell them' })).toBeHidden();
  });

  await test.step('without a mail server the mail is held for administrators to see', async () => {
    const admin = await (await desktop(browser)).newPage();
    await signIn(admin, 'admin');
    await admin.goto('/outbox');
    const mail = admin.getByRole('listitem').filter({ hasText: `philippa.${RUN}@vane.example` });
    await expect(mail).toContainText('Held', { timeout: 15_000 });
    await mail.locator('summary').click();
    await expect(mail).toContainText('What it costs');
    await expectAccessible(admin, 'outgoing mail');
    await admin.context().close();
  });

  await test.step('the old version becomes current again', async () => {
    await marketer.goto(`/assets/${asset}`);
    await marketer.getByRole('button', { name: 'What to do with version 1' }).click();
    await marketer.getByRole('button', { name: 'Make current again' }).click();
    const newest = marketer.getByRole('region', { name: 'Versions' }).getByRole('listitem').first();
    await expect(newest).toContainText('Version 3');
    await expect(newest).toContainText('current');
    await expect(newest).toContainText('Version 1 again');
    await expectFits(marketer, `/assets/${asset}`);
  });
});

test('a version is restored from the history, and the links show it again', async ({ browser }) => {
  const [marketerContext, repContext, prospectContext] = [await desktop(browser), await desktop(browser), await phone(browser)];
  await signInByApi(repContext.request, 'rep');
  const [marketer, prospect] = [await marketerContext.newPage(), await prospectContext.newPage()];
  await signIn(marketer, 'marketer');
  const title = `Gate prices again ${RUN}`;
  const asset = await addContent(marketer.request, { title, state: 'approved', kind: 'deck' }, paper([COVER, PRICES]));
  const { links } = await sendItems(repContext.request, title, [{ asset_id: asset }], [{ name: READER }]);
  const url = links[0]!.url;
  const versions = marketer.getByRole('region', { name: 'Versions' }).getByRole('listitem').filter({ hasText: /^Version/ });

  await expectPages(prospect, url, [COVER, PRICES]);
  const before = await pictureOf(prospect, 2);
  await addVersion(marketer.request, asset, paper([TEAM, COVER, DEARER]), 2);
  await expectPages(prospect, url, [TEAM, COVER, DEARER]);
  expect((await pictureOf(prospect, 3)).equals(before)).toBe(false);

  await test.step('the marketer makes the first version current again', async () => {
    await marketer.goto(`/assets/${asset}`);
    await expect(marketer.getByText('1 / 3')).toBeVisible();
    await marketer.getByRole('button', { name: 'What to do with version 1' }).click();
    await marketer.getByRole('button', { name: 'Make current again' }).click();
    await expect(versions).toHaveCount(3);
    await expect(versions.nth(0)).toContainText(/^Version 3 ?current/);
    await expect(versions.nth(0)).toContainText('Version 1 again');
    await expect(versions.nth(0)).toContainText('Hanna Okafor');
    for (const old of [1, 2]) await expect(versions.nth(old)).not.toContainText('current');
    await expect(marketer.getByText('1 / 2')).toBeVisible();
  });

  await test.step('the prospect reads it through the link that they have', async () => {
    await expectPages(prospect, url, [COVER, PRICES]);
    expect((await pictureOf(prospect, 2)).equals(before)).toBe(true);
  });

  await test.step('what the restoring changed is shown page by page', async () => {
    await marketer.getByRole('button', { name: 'What to do with version 3' }).click();
    await marketer.getByRole('link', { name: 'Compare with version 2' }).click();
    await expect(marketer.getByRole('status').filter({ hasText: '1 changed, 1 removed, 1 the same' })).toBeVisible();
    const changed = marketer.getByRole('listitem', { name: 'Page 3, now 2: Changed: text and picture' });
    await expect(changed.locator('del')).toHaveText('120');
    await expect(changed.locator('ins')).toHaveText('90');
    await expectSideBySide(changed.getByRole('img'));
    const removed = marketer.getByRole('listitem', { name: 'Page 1: Removed' });
    await expect(removed.getByRole('img')).toHaveCount(1);
    await expect(removed.getByText('Not in this version')).toBeVisible();
    await expectAccessible(marketer, 'comparison with a restored version');
  });

  await test.step('and with the version that it was, nothing differs', async () => {
    await marketer.getByLabel('Older version').selectOption({ label: 'Version 1' });
    await expect(marketer.getByText('All 2 pages are the same in both versions.')).toBeVisible();
    await marketer.getByLabel('Unchanged pages too').check();
    for (const page of ['Page 1', 'Page 2']) await expectSideBySide(marketer.getByRole('listitem', { name: `${page}: Same` }).getByRole('img'));
  });
  for (const context of [marketerContext, repContext, prospectContext]) await context.close();
});

/** Two pictures that have arrived, at one height, the older one left. */
async function expectSideBySide(pictures: Locator): Promise<void> {
  await expect(pictures).toHaveCount(2);
  const boxes = [];
  for (const picture of await pictures.all()) {
    await picture.scrollIntoViewIfNeeded();
    await expect.poll(() => picture.evaluate((one: HTMLImageElement) => one.complete && one.naturalWidth > 0)).toBe(true);
    boxes.push(await picture.evaluate((one) => one.getBoundingClientRect().toJSON()));
  }
  const [older, newer] = boxes;
  expect(newer.top).toBeCloseTo(older.top, 0);
  expect(newer.left).toBeGreaterThan(older.right);
}

/** Nothing is wider than a phone. */
async function expectFits(page: Page, path: string): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(path);
  await expect(page.getByRole('heading', { name: TITLE, level: 1 })).toBeVisible();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
}
