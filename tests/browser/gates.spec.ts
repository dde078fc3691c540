/** The gates in front of a link: on a phone, light and dark, with the keyboard alone, without scripts; and links that end while open. */
import { expect, request as requests, type APIRequestContext, type Page } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { address, desktop, phone, signIn, test } from './support/people.ts';
import { call, sendPitch, signInByApi, type Link, type Sent } from './support/pitch.ts';

const PASSCODE = 'blue lantern';
let sent: Sent;
let admin: APIRequestContext;
let terms: { id: string };

test.beforeAll(async () => {
  admin = await requests.newContext();
  await signInByApi(admin, 'admin');
  terms = await call(admin, 'post', '/api/v1/terms', {
    title: `Confidentiality ${Date.now().toString(36)}`,
    text: 'What you read here is meant for you.\n\nDo not pass it on without asking.',
  });
});

test.afterAll(() => admin.dispose());

test.beforeEach(async ({ request }) => {
  await signInByApi(request, 'rep');
  sent ??= await sendPitch(request, `Behind gates ${Date.now().toString(36)}`, ['Open']);
});

async function linkWith(request: APIRequestContext, settings: Record<string, unknown>): Promise<Link> {
  const made = await call(request, 'post', `/api/v1/pitches/${sent.id}/links`, { recipients: [{ name: 'Greta Holm', email: 'greta@northwind.example' }], expires_at: null, ...settings });
  return made.items[0];
}

/** The code that was mailed last to the address; without a mail server it is shown to administrators. */
async function codeFor(email: string): Promise<string> {
  const { items } = await call(admin, 'get', '/api/v1/mails');
  const mail = items.find((one: any) => one.to_address === email && one.purpose === 'link_code');
  return /code is (\d{6})/.exec(mail.text)![1]!;
}

async function expectOpen(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { name: sent.title })).toBeVisible();
  await expect(page.locator('figure img').first()).toBeVisible();
}

async function expectClosed(page: Page): Promise<void> {
  await expect(page.locator('figure')).toHaveCount(0);
  await expect(page.getByText(sent.title)).toHaveCount(0);
}

async function passPasscode(page: Page): Promise<void> {
  await page.getByLabel('Passcode').fill(PASSCODE);
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function confirm(page: Page, email: string): Promise<void> {
  await page.getByLabel('Your e-mail address').fill(email);
  await page.getByRole('button', { name: 'Send me a code' }).click();
  await expect(page.getByRole('heading', { name: 'Type in the code' })).toBeVisible();
  await page.getByLabel('Code of six digits').fill(await codeFor(email));
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function accept(page: Page): Promise<void> {
  await page.getByRole('checkbox', { name: 'I have read this and accept it' }).check();
  await page.getByRole('button', { name: 'Continue' }).click();
}

for (const scripts of [true, false]) {
  const how = scripts ? 'on a phone' : 'on a phone without scripts';

  test(`a passcode is asked for ${how}`, async ({ browser, request }) => {
    const link = await linkWith(request, { passcode: PASSCODE });
    const context = await phone(browser, { javaScriptEnabled: scripts });
    const page = await context.newPage();
    await page.goto(link.url);
    await expect(page.getByRole('heading', { name: 'Enter the passcode' })).toBeVisible();
    await expectClosed(page);
    if (scripts) await expectAccessible(page, 'passcode');
    await page.getByLabel('Passcode').fill('red lantern');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('alert')).toHaveText(/not the passcode/);
    if (scripts) await expectAccessible(page, 'wrong passcode');
    await expect(page.getByLabel('Passcode')).toHaveAccessibleDescription(/not the passcode/);
    await passPasscode(page);
    await expectOpen(page);
    await page.reload();
    await expectOpen(page);
    await context.close();
  });

  test(`an address is confirmed by a code ${how}`, async ({ browser, request }) => {
    const link = await linkWith(request, { email_required: true });
    const context = await phone(browser, { javaScriptEnabled: scripts });
    const page = await context.newPage();
    await page.goto(link.url);
    if (scripts) await expectAccessible(page, 'e-mail');
    const email = `ann${Date.now().toString(36)}@northwind.example`;
    await page.getByLabel('Your e-mail address').fill(email);
    await page.getByRole('button', { name: 'Send me a code' }).click();
    await expect(page.getByText(email)).toBeVisible();
    if (scripts) await expectAccessible(page, 'code');
    await page.getByLabel('Code of six digits').fill('12');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('alert')).toHaveText(/not right, or has run out/);
    await page.getByRole('button', { name: 'Send another code' }).click();
    await page.getByLabel('Code of six digits').fill(await codeFor(email));
    await page.getByRole('button', { name: 'Continue' }).click();
    await expectOpen(page);
    await context.close();
  });

  test(`terms are accepted ${how}`, async ({ browser, request }) => {
    const link = await linkWith(request, { terms_id: terms.id });
    const context = await phone(browser, { javaScriptEnabled: scripts });
    const page = await context.newPage();
    await page.goto(link.url);
    await expect(page.getByRole('region', { name: /Confidentiality/ })).toContainText('Do not pass it on');
    await expectClosed(page);
    if (scripts) await expectAccessible(page, 'terms');
    await accept(page);
    await expectOpen(page);
    await context.close();
  });
}

test('an address that is not on the list is told so, and can be changed', async ({ browser, request }) => {
  const link = await linkWith(request, { allow: ['northwind.example'] });
  const context = await phone(browser);
  const page = await context.newPage();
  await page.goto(link.url);
  const stranger = `bo${Date.now().toString(36)}@elsewhere.example`;
  await confirm(page, stranger);
  await expect(page.getByRole('heading', { name: 'This link is for somebody else' })).toBeVisible();
  await expectClosed(page);
  await expectAccessible(page, 'not allowed');
  await page.getByRole('button', { name: 'Use another address' }).click();
  await confirm(page, `cy${Date.now().toString(36)}@northwind.example`);
  await expectOpen(page);
  await context.close();
});

test('several gates are passed step by step with the keyboard alone', async ({ browser, request }) => {
  const link = await linkWith(request, { passcode: PASSCODE, terms_id: terms.id });
  const context = await desktop(browser);
  const page = await context.newPage();
  await page.goto(link.url);
  await expect(page.getByText('Step 1 of 2')).toBeVisible();
  await expect(page.getByLabel('Passcode')).toBeFocused();
  await page.keyboard.type(PASSCODE);
  await page.keyboard.press('Enter');
  await expect(page.getByText('Step 2 of 2')).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('region', { name: /Confidentiality/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expectOpen(page);
  await context.close();
});

test('a gated link shows a neutral title to chat tools', async ({ request }) => {
  const link = await linkWith(request, { passcode: PASSCODE });
  const preview = await (await request.get(link.url)).text();
  expect(preview).toContain('og:title');
  expect(preview).not.toContain(sent.title);
  expect(preview).not.toContain('og:image');
});

test('a link that is taken back while it is open covers its pages within seconds and says why', async ({ browser, request }) => {
  const link = await linkWith(request, {});
  const context = await phone(browser);
  const page = await context.newPage();
  await page.goto(link.url);
  await expectOpen(page);
  const picture = await page.locator('figure img').first().getAttribute('src');
  await call(request, 'post', `/api/v1/links/${link.id}/revoke`);
  expect((await request.get(`${address()}${picture}`)).status()).toBe(410);
  await expect(page.getByRole('heading', { name: 'This link is no longer available' })).toBeVisible({ timeout: 8_000 });
  await expectClosed(page);
  await expectAccessible(page, 'taken back while open');
  await context.close();
});

test('a link that runs out while it is open does the same', async ({ browser, request }) => {
  const link = await linkWith(request, { expires_at: new Date(Date.now() + 6_000).toISOString() });
  const context = await phone(browser);
  const page = await context.newPage();
  await page.goto(link.url);
  await expectOpen(page);
  await expect(page.getByRole('heading', { name: 'This link has expired' })).toBeVisible({ timeout: 14_000 });
  await expectClosed(page);
  await context.close();
});

test('a passcode that is changed while the page is open is asked for', async ({ browser, request }) => {
  const link = await linkWith(request, {});
  const context = await phone(browser);
  const page = await context.newPage();
  await page.goto(link.url);
  await expectOpen(page);
  const changed = await request.patch(`${address()}/api/v1/links/${link.id}`, { data: { passcode: PASSCODE }, headers: { origin: address(), 'if-match': '"1"' } });
  expect(changed.ok()).toBe(true);
  await expect(page.getByRole('heading', { name: 'Enter the passcode' })).toBeVisible({ timeout: 8_000 });
  await expectClosed(page);
  await passPasscode(page);
  await expectOpen(page);
  await context.close();
});

test('a watermarked page looks different for each viewer', async ({ request }) => {
  const plain = await linkWith(request, {});
  const marked = await linkWith(request, { watermark: true });
  const pictureOf = async (url: string) => {
    const html = await (await request.get(url)).text();
    const src = /<img src="([^"]+)"/.exec(html)![1]!.replaceAll('&#38;', '&');
    return (await request.get(`${address()}${src}`)).body();
  };
  const [original, hers] = [await pictureOf(plain.url), await pictureOf(marked.url)];
  expect(hers.length).toBeGreaterThan(1000);
  expect(hers.equals(original)).toBe(false);
});

test('a rep sets the gates of new links and changes those of a link', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await signIn(page, 'rep');
  await page.goto(`/pitches/${sent.id}`);
  await page.getByRole('button', { name: /tracked links/i }).first().click();
  const dialog = page.getByRole('dialog', { name: 'Tracked links' });
  const settings = dialog.getByText(/^Settings\./);
  await settings.click();
  await dialog.getByLabel('Passcode').fill(PASSCODE);
  await dialog.getByLabel('Only these may read').fill('northwind.example');
  await expect(dialog.getByText(/asks for a passcode, asks for a confirmed e-mail address, lets in northwind.example only/)).toBeVisible();
  await expectAccessible(page, 'settings of links');
  await dialog.getByLabel('Name of recipient 1').fill('Ida Settings');
  await dialog.getByRole('button', { name: 'Create link' }).click();
  await dialog.getByRole('button', { name: 'Change the settings of the link of Ida Settings' }).click();
  const editing = page.getByRole('dialog', { name: 'Link for Ida Settings' });
  await editing.getByRole('button', { name: 'Remove the passcode' }).click();
  await expect(editing.getByText(/is asked again/)).toBeVisible();
  await expectAccessible(page, 'settings of a link');
  await editing.getByRole('button', { name: 'Save' }).click();
  await expect(editing).toBeHidden();
  await expect(dialog.getByText(/^Opens .*lets in northwind.example only/).first()).toBeVisible();
  await context.close();
});

test('an administrator keeps the policy and the terms', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await signIn(page, 'admin');
  await page.goto('/link-rules');
  await expect(page.getByRole('heading', { name: 'Links and terms' })).toBeVisible();
  await expect(page.getByLabel('Days a link lasts')).toBeVisible();
  await expectAccessible(page, 'links and terms');
  await page.getByRole('button', { name: 'Write terms' }).click();
  const title = `Secrecy ${Date.now().toString(36)}`;
  await page.getByLabel('Title').fill(title);
  await page.getByLabel('Wording').fill('Tell nobody.');
  await expectAccessible(page, 'terms');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: title })).toBeVisible();
  await page.getByRole('button', { name: `Edit ${title}` }).click();
  await page.getByLabel('Wording').fill('Tell nobody at all.');
  await expect(page.getByText('This becomes version 2')).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: title })).toContainText('Version 2');
  await context.close();
});
