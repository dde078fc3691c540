/** The gates in front of a link, alone and together: on a phone and with keys alone, with scripts and without, light and dark; and links that end while open. */
import { expect, request as requests, type APIRequestContext, type Page } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { address, desktop, phone, signIn, test } from './support/people.ts';
import { call, linksOf, sendPitch, signInByApi, type Link, type Sent } from './support/pitch.ts';
import { scriptlessPage } from './support/scriptless.ts';
import { expectTree } from './support/trees.ts';
import { expectMarked, shownPicture, type Shown } from './support/watermark.ts';
import { WAYS, type Hands } from './support/ways.ts';

const PASSCODE = 'blue lantern';
const fingers = WAYS[0]!.hands;
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

/** An address that nobody has used: how many codes go to one is limited. */
function somebodyAt(domain: string): string {
  return `ann.${crypto.randomUUID().slice(0, 8)}@${domain}`;
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

async function passPasscode(page: Page, hands: Hands, passcode = PASSCODE): Promise<void> {
  await hands.fill(page.getByLabel('Passcode'), passcode);
  await hands.press(page.getByRole('button', { name: 'Continue' }));
}

async function askForCode(page: Page, hands: Hands, email: string): Promise<void> {
  await hands.fill(page.getByLabel('Your e-mail address'), email);
  await hands.press(page.getByRole('button', { name: 'Send me a code' }));
  await expect(page.getByText(email)).toBeVisible();
}

async function typeCode(page: Page, hands: Hands, code: string): Promise<void> {
  await hands.fill(page.getByLabel('Code of six digits'), code);
  await hands.press(page.getByRole('button', { name: 'Continue' }));
}

async function confirm(page: Page, hands: Hands, email: string): Promise<void> {
  await askForCode(page, hands, email);
  await typeCode(page, hands, await codeFor(email));
}

async function accept(page: Page, hands: Hands): Promise<void> {
  await hands.tick(page.getByRole('checkbox', { name: 'I have read this and accept it' }));
  await hands.press(page.getByRole('button', { name: 'Continue' }));
}

/** Who is let in, and who is not, by each kind of entry. */
const LISTS = [
  { list: 'a domain that may', settings: () => ({ allow: ['northwind.example'] }), inside: 'northwind.example', outside: 'elsewhere.example' },
  { list: 'a domain that may not', settings: () => ({ deny: ['rival.example'] }), inside: 'northwind.example', outside: 'office.rival.example' },
  { list: 'an address that may', settings: (inside: string) => ({ allow: [inside] }), inside: 'northwind.example', outside: 'northwind.example' },
  { list: 'an address that may not', settings: (_: string, outside: string) => ({ deny: [outside] }), inside: 'northwind.example', outside: 'northwind.example' },
  { list: 'an address that may not of a domain that may', settings: (_: string, outside: string) => ({ allow: ['northwind.example'], deny: [outside] }), inside: 'northwind.example', outside: 'northwind.example' },
];

type Gate = 'passcode' | 'address' | 'terms' | 'watermark';

/** Each gate with another, and all of them. */
const TOGETHER: Record<string, Gate[]> = {
  'a passcode and a confirmed address': ['passcode', 'address'],
  'a passcode and terms': ['passcode', 'terms'],
  'a confirmed address and terms': ['address', 'terms'],
  'all gates with a watermark': ['passcode', 'address', 'terms', 'watermark'],
};

for (const { how, hands, scripts, open } of WAYS) {
  test(`a passcode is asked for ${how}`, async ({ browser, request }) => {
    const link = await linkWith(request, { passcode: PASSCODE });
    const page = await open(browser);
    await page.goto(link.url);
    await expectTree(page, 'passcode');
    await expectClosed(page);
    await passPasscode(page, hands, 'red lantern');
    await expect(page.getByRole('alert')).toHaveText(/not the passcode/);
    await expect(page.getByLabel('Passcode')).toHaveAccessibleDescription(/not the passcode/);
    await expectTree(page, 'wrong passcode');
    await expectClosed(page);
    await passPasscode(page, hands);
    await expectOpen(page);
    await page.reload();
    await expectOpen(page);
    await page.context().close();
  });

  test(`an address is confirmed by a code ${how}`, async ({ browser, request }) => {
    const link = await linkWith(request, { email_required: true });
    const page = await open(browser);
    await page.goto(link.url);
    await expectTree(page, 'address');
    const email = somebodyAt('northwind.example');
    await askForCode(page, hands, email);
    await expectTree(page, 'code');
    await typeCode(page, hands, '12');
    await expect(page.getByRole('alert')).toHaveText(/not right, or has run out/);
    await expectTree(page, 'wrong code');
    await expectClosed(page);
    await hands.press(page.getByRole('button', { name: 'Send another code' }));
    await expect(page.getByRole('alert')).toHaveCount(0);
    await typeCode(page, hands, await codeFor(email));
    await expectOpen(page);
    await page.context().close();
  });

  test(`terms are accepted ${how}`, async ({ browser, request }) => {
    const link = await linkWith(request, { terms_id: terms.id });
    const page = await open(browser);
    await page.goto(link.url);
    await expectTree(page, 'terms');
    await hands.press(page.getByRole('button', { name: 'Continue' }));
    await expectClosed(page);
    await accept(page, hands);
    await expectOpen(page);
    await page.context().close();
  });

  for (const { list, settings, inside, outside } of LISTS) {
    test(`${list} is a list that holds ${how}`, async ({ browser, request }) => {
      const [welcome, stranger] = [somebodyAt(inside), somebodyAt(outside)];
      const link = await linkWith(request, settings(welcome, stranger));
      const page = await open(browser);
      await page.goto(link.url);
      await confirm(page, hands, stranger);
      await expect(page.getByRole('heading', { name: 'This link is for somebody else' })).toBeVisible();
      await expectTree(page, 'denied');
      await page.reload();
      await expectClosed(page);
      await hands.press(page.getByRole('button', { name: 'Use another address' }));
      await confirm(page, hands, welcome);
      await expectOpen(page);
      await page.context().close();
    });
  }

  for (const [together, gates] of Object.entries(TOGETHER)) {
    test(`${together} are passed one after the other ${how}`, async ({ browser, request }) => {
      const email = somebodyAt('northwind.example');
      const link = await linkWith(request, {
        passcode: gates.includes('passcode') ? PASSCODE : null,
        ...(gates.includes('address') && { allow: ['northwind.example'] }),
        terms_id: gates.includes('terms') ? terms.id : null,
        watermark: gates.includes('watermark'),
      });
      const steps = gates.filter((gate) => gate !== 'watermark');
      const page = await open(browser);
      await page.goto(link.url);
      for (const [before, gate] of steps.entries()) {
        await expect(page.getByText(`Step ${before + 1} of ${steps.length}`)).toBeVisible();
        await expectClosed(page);
        if (gate === 'passcode') await passPasscode(page, hands);
        if (gate === 'address') await confirm(page, hands, email);
        if (gate === 'terms') await accept(page, hands);
      }
      await expectOpen(page);
      await expectTree(page, scripts ? 'pitch' : 'pitch without scripts');
      if (gates.includes('watermark')) {
        const hers = await shownPicture(page, scripts);
        await page.goto(sent.links[0]!.url);
        expectMarked(hers, await shownPicture(page, scripts));
      }
      await page.context().close();
    });
  }
}

test('a watermark is seen on the page, another for each viewer', async ({ browser, request }) => {
  const marked = await linkWith(request, { watermark: true, email_required: true });
  const seen: Shown[] = [];
  for (const email of [somebodyAt('northwind.example'), somebodyAt('elsewhere.example')]) {
    const page = await (await phone(browser)).newPage();
    await page.goto(sent.links[0]!.url);
    const plain = await shownPicture(page, true);
    await page.goto(marked.url);
    await confirm(page, fingers, email);
    await expectOpen(page);
    const theirs = await shownPicture(page, true);
    expectMarked(theirs, plain);
    seen.push(theirs);
    await page.context().close();
  }
  const [hers, his] = seen as [Shown, Shown];
  expect(his.dots).not.toEqual(hers.dots);
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
  await expectTree(page, 'revoked');
  await context.close();
});

test('without scripts a link that is taken back while it is open gives nothing more', async ({ browser, request }) => {
  const link = await linkWith(request, {});
  const context = await phone(browser);
  const page = await scriptlessPage(context);
  await page.goto(link.url);
  await expectOpen(page);
  await call(request, 'post', `/api/v1/links/${link.id}/revoke`);
  await page.getByRole('button', { name: 'Share' }).tap();
  await page.getByRole('button', { name: 'Make a link' }).tap();
  await expectTree(page, 'revoked');
  await expectClosed(page);
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
  await expectTree(page, 'expired');
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
  await passPasscode(page, fingers);
  await expectOpen(page);
  await context.close();
});

test('a rep sets the gates of new links and changes those of a link', async ({ browser, request }) => {
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
  await dialog.getByLabel('These may not').fill('rival.northwind.example');
  await expect(dialog.getByText(/asks for a passcode, asks for a confirmed e-mail address, lets in northwind.example only, keeps out rival.northwind.example/)).toBeVisible();
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

  const newest = (await linksOf(request, sent.id)).find((one) => one.recipient?.name === 'Ida Settings')!;
  const reader = await (await phone(browser)).newPage();
  await reader.goto(newest.url);
  await confirm(reader, fingers, somebodyAt('rival.northwind.example'));
  await expectTree(reader, 'denied');
  await reader.context().close();
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
