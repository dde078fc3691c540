/** A new version: what changed, who has read the old pages, telling them, and the old one made current again. */
import { expect, type APIRequestContext, type Page } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { pdf } from './support/paper.ts';
import { address, desktop, phone, signIn, test } from './support/people.ts';
import { call, signInByApi } from './support/pitch.ts';
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
  const asset = await uploaded(marketerContext.request);

  await test.step('a prospect reads the first version', async () => {
    await signInByApi(repContext.request, 'rep');
    const deals = await call(repContext.request, 'get', '/api/v1/opportunities?outcome=open&owner=me');
    const pitch = await call(repContext.request, 'post', '/api/v1/pitches', {
      opportunity_id: deals.items[0].id,
      title: `Gates ${RUN}`,
      items: [{ asset_id: asset, page_number: 2 }],
    });
    const links = await call(repContext.request, 'post', `/api/v1/pitches/${pitch.id}/links`, {
      recipients: [{ name: READER, email: `philippa.${RUN}@vane.example` }],
    });
    const prospect = await (await phone(browser)).newPage();
    await prospect.goto(links.items[0].url);
    await read(prospect, 15_000);
    await expect.poll(async () => (await call(repContext.request, 'get', `/api/v1/links/${links.items[0].id}`)).reads, { timeout: 60_000 }).toBe(1);
    await prospect.context().close();
  });

  await test.step('the marketer uploads a new version and says what changed', async () => {
    await marketer.goto(`/assets/${asset}`);
    await marketer.getByRole('main').getByRole('button', { name: 'More' }).click();
    await marketer.getByRole('button', { name: 'Upload new version' }).click();
    const dialog = marketer.getByRole('dialog', { name: `New version of ${TITLE}` });
    await dialog.getByLabel('File').setInputFiles({ name: 'gates-2.pdf', mimeType: 'application/pdf', buffer: pdf([TEAM, COVER, DEARER]) });
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

/** An approved deck of two pages. */
async function uploaded(request: APIRequestContext): Promise<string> {
  const answer = await request.post(`${address()}/api/v1/assets`, {
    headers: { origin: address() },
    multipart: {
      metadata: JSON.stringify({ title: TITLE, state: 'approved', kind: 'deck' }),
      file: { name: 'gates.pdf', mimeType: 'application/pdf', buffer: pdf([COVER, PRICES]) },
    },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
  const { id } = await answer.json();
  await expect
    .poll(async () => (await call(request, 'get', `/api/v1/assets/${id}`)).current_version.state, { timeout: 60_000 })
    .toBe('ready');
  return id;
}

/** Nothing is wider than a phone. */
async function expectFits(page: Page, path: string): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(path);
  await expect(page.getByRole('heading', { name: TITLE, level: 1 })).toBeVisible();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  expect(overflow).toBeLessThanOrEqual(0);
}
