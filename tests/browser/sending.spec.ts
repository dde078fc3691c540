/** Sending: two recipients, somebody who must not be written to and a manager's word for it, the tree of spread, a QR code. */
import { expect, type Locator, type Page } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { desktop, phone, signIn, test } from './support/people.ts';
import { call, signInByApi } from './support/pitch.ts';

// A demo that keeps running between test runs has the people of the last one.
const RUN = Date.now().toString(36);

type Made = { pitch: string; opportunity: string; title: string; contact: string };

/** A pitch of the rep's for a deal with a contact of its own, made through the API. */
async function prepare(page: Page): Promise<Made> {
  const request = page.request;
  await signInByApi(request, 'rep');
  const deals = await call(request, 'get', '/api/v1/opportunities?outcome=open&owner=me');
  const deal = await call(request, 'get', `/api/v1/opportunities/${deals.items[0].id}`);
  const found = await call(request, 'get', '/api/v1/search?q=temperature&kind=deck');
  const asset = found.items.find((hit: any) => hit.asset.state === 'approved' && !hit.asset.internal_only && hit.asset.current_version.page_count > 2);
  const title = `Sent ${RUN} ${Math.random().toString(36).slice(2, 6)}`;
  const pitch = await call(request, 'post', '/api/v1/pitches', {
    opportunity_id: deal.id,
    title,
    message: 'As promised: the pages we spoke of.',
    items: [{ asset_id: asset.asset.id, page_number: 1 }, { asset_id: asset.asset.id, page_number: 2 }],
  });
  const contact = await call(request, 'post', '/api/v1/contacts', { account_id: deal.account.id, name: `Lotte Ahrens ${RUN}`, email: `lotte.${title.replace(/\W/g, '')}@example.com` });
  return { pitch: pitch.id, opportunity: deal.id, title, contact: contact.id };
}

async function openLinks(page: Page, pitch: string): Promise<Locator> {
  await page.goto(`/pitches/${pitch}`);
  await page.getByRole('button', { name: 'Get tracked links' }).click();
  return page.getByRole('dialog', { name: 'Tracked links' });
}

test('a rep sends to two recipients, sees what to know before and what became of it', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  const made = await prepare(page);
  const links = await openLinks(page, made.pitch);
  await links.getByLabel('Name of recipient 1').fill('Ada Winter');
  await links.getByLabel('E-mail of recipient 1').fill(`ada.${RUN}@example.com`);
  await links.getByRole('button', { name: 'Another' }).click();
  await links.getByLabel('Name of recipient 2').fill('Bo Sommer');
  await links.getByLabel('E-mail of recipient 2').fill(`bo.${RUN}@example.com`);
  await links.getByRole('button', { name: 'Create 2 links' }).click();
  await links.getByRole('button', { name: 'Send 2 by e-mail…' }).click();

  const send = page.getByRole('dialog', { name: 'Send by e-mail' });
  const ada = send.getByRole('article', { name: 'Ada Winter' });
  await expect(ada.getByText('Last contact')).toBeVisible();
  await expect(ada.getByText('Who else talks to them')).toBeVisible();
  await expect(ada.getByLabel('Subject')).toHaveValue(made.title);
  await expect(ada.getByLabel('Personal words')).toHaveValue(/As promised/);
  await ada.getByLabel('Personal words').fill(`Dear Ada, here they are.\n\nhttps://example.com/${'long'.repeat(40)}\n\n    ${'a line of code '.repeat(12)}`);
  await ada.getByRole('button', { name: 'Preview the mail to Ada Winter' }).click();
  const mail = page.frameLocator('iframe[title="The mail to Ada Winter"]');
  await expect(mail.getByText('Dear Ada, here they are.')).toBeVisible();
  await expect(mail.getByRole('img', { name: /First page of/ })).toBeVisible();
  // Nothing that cannot be broken makes the mail wider than its sheet.
  expect(await mail.locator('.sheet').evaluate((sheet) => sheet.getBoundingClientRect().width)).toBeLessThanOrEqual(560);
  await expectAccessible(page, 'sending by e-mail');

  await send.getByRole('button', { name: 'Send 2 mails' }).click();
  await expect(send.getByRole('status')).toHaveText('2 mails on the way');
  // The demo has no mail server, and says so in plain words.
  await expect(ada.getByText('Mail is held')).toBeVisible();
  await send.getByRole('button', { name: 'Done' }).click();
  await expect(links.getByText('Mail is held')).toHaveCount(2);

  const admin = await (await desktop(browser)).newPage();
  await signIn(admin, 'admin');
  await admin.goto('/outbox');
  await expect(admin.getByText(`To Ada Winter, ada.${RUN}@example.com`).first()).toBeVisible();
  await expect(admin.getByText(`To Bo Sommer, bo.${RUN}@example.com`).first()).toBeVisible();
  await admin.context().close();

  await links.getByRole('button', { name: 'QR code for Ada Winter' }).click();
  const qr = page.getByRole('dialog', { name: 'QR code' });
  const code = qr.getByRole('img', { name: 'QR code of the link of Ada Winter' });
  await expect.poll(() => code.evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0)).toBe(true);
  await expectAccessible(page, 'QR code');
  for (const name of [/SVG/, /PNG/]) {
    const saved = page.waitForEvent('download');
    await qr.getByRole('link', { name }).click();
    expect((await saved).suggestedFilename()).toMatch(/^link\.(svg|png)$/);
  }
  await context.close();
});

test('whoever must not be contacted is not, until a manager says why they may be', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  const made = await prepare(page);
  await call(page.request, 'post', `/api/v1/contacts/${made.contact}/restrictions`, { kind: 'do_not_contact_before', until: '2999-01-15', reason: 'Budget round' });
  const { items } = await call(page.request, 'post', `/api/v1/pitches/${made.pitch}/links`, { recipients: [{ contact_id: made.contact }], expires_at: null, download_allowed: false });
  const name = items[0].recipient.name as string;

  const links = await openLinks(page, made.pitch);
  await links.getByRole('button', { name: `Send to ${name} by e-mail` }).click();
  const send = page.getByRole('dialog', { name: 'Send by e-mail' });
  await expect(send.getByText('Do not contact before 15 January 2999: Budget round')).toBeVisible();
  await expect(send.getByText('Your manager can allow it')).toBeVisible();
  await expect(send.getByRole('button', { name: 'Send', exact: true })).toBeDisabled();
  await expectAccessible(page, 'refused sending');
  await context.close();

  const chief = await desktop(browser);
  const desk = await chief.newPage();
  await signIn(desk, 'manager');
  const theirs = await openLinks(desk, made.pitch);
  await theirs.getByRole('button', { name: `Send to ${name} by e-mail` }).click();
  const allow = desk.getByRole('dialog', { name: 'Send by e-mail' });
  await allow.getByRole('button', { name: 'Allow it all the same…' }).click();
  await allow.getByLabel(`Why ${name} may be written to`).fill('She asked for it on the phone');
  await allow.getByRole('button', { name: 'Allow', exact: true }).click();
  await expect(allow.getByText('A manager has allowed this')).toBeVisible();
  await allow.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(allow.getByText('Mail is held')).toBeVisible();
  await desk.goto('/do-not-contact');
  await expect(desk.getByText('Do not contact before 15 January 2999: Budget round').first()).toBeVisible();
  await expectAccessible(desk, 'do not contact');
  await chief.close();

  const office = await desktop(browser);
  const admin = await office.newPage();
  await signIn(admin, 'admin');
  await admin.goto('/audit?action=send_override_granted');
  await expect(admin.getByRole('row').filter({ hasText: 'She asked for it on the phone' }).first()).toBeVisible();
  await expectAccessible(admin, 'audit log');
  await office.close();
});

test('a pitch that went through three hands is a tree for keys and thumbs, and a branch of it is taken back', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  const made = await prepare(page);
  const { items } = await call(page.request, 'post', `/api/v1/pitches/${made.pitch}/links`, { recipients: [{ name: 'Noor' }], expires_at: null, download_allowed: false });
  let url = items[0].url as string;
  for (const name of ['Pia', 'Quinn', 'Rita']) {
    const shared = await page.request.post(`${url}/share`, { data: { name, email: '' } });
    url = (await shared.json()).url;
  }
  await page.goto(`/opportunities/${made.opportunity}`);
  const tree = page.getByRole('tree', { name: `Spread of ${made.title}` });
  const row = (name: string): Locator => tree.getByRole('treeitem', { name: new RegExp(`^${name}\\b`) });
  await expect(tree.getByRole('treeitem')).toHaveCount(4);
  for (const [name, level] of [['Noor', '1'], ['Pia', '2'], ['Quinn', '3'], ['Rita', '4']] as const) {
    await expect(row(name)).toHaveAttribute('aria-level', level);
  }
  await expect(row('Quinn')).toContainText('From Pia');

  await row('Noor').focus();
  await page.keyboard.press('ArrowDown');
  await expect(row('Pia')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(row('Pia')).toHaveAttribute('aria-expanded', 'false');
  await expect(tree.getByRole('treeitem')).toHaveCount(2);
  await page.keyboard.press('ArrowRight');
  await expect(tree.getByRole('treeitem')).toHaveCount(4);
  await expectAccessible(page, 'opportunity with spread');
  // From the row to its own button, by keys alone.
  await page.keyboard.press('Tab');
  await expect(page.getByRole('button', { name: 'Revoke link of Pia' })).toBeFocused();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(row('Rita')).toContainText('Revoked');
  await expect(row('Noor')).not.toContainText('Revoked');
  expect((await page.request.get(url)).status()).toBe(410);
  await context.close();

  const small = await phone(browser);
  await signInByApi(small.request, 'rep');
  const narrow = await small.newPage();
  await narrow.goto(`/opportunities/${made.opportunity}`);
  await expect(narrow.getByRole('tree', { name: `Spread of ${made.title}` }).getByRole('treeitem')).toHaveCount(4);
  const { scroll, client } = await narrow.evaluate(() => ({ scroll: document.documentElement.scrollWidth, client: document.documentElement.clientWidth }));
  expect(scroll).toBeLessThanOrEqual(client);
  await expectAccessible(narrow, 'opportunity with spread, phone');
  await small.close();
});

test('a contact is kept from mail by hand, and the page behind a way out asks first', async ({ browser }) => {
  const context = await phone(browser);
  const page = await context.newPage();
  await signInByApi(context.request, 'rep');
  const deals = await call(context.request, 'get', '/api/v1/opportunities?outcome=open&owner=me');
  const deal = await call(context.request, 'get', `/api/v1/opportunities/${deals.items[1].id}`);
  const name = deal.contacts[0].name as string;
  await page.goto(`/opportunities/${deal.id}`);
  await page.getByRole('button', { name: new RegExp(`^${name}.*may they be contacted`) }).click();
  const dialog = page.getByRole('dialog', { name });
  await dialog.getByRole('button', { name: 'Do not contact before…' }).click();
  await dialog.getByLabel('May be contacted from').fill('2998-02-01');
  await dialog.getByLabel('Why').fill(`Parental leave ${RUN}`);
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText(`Do not contact before 1 February 2998: Parental leave ${RUN}`).first()).toBeVisible();
  await expect(dialog.getByText('A manager can lift')).toBeVisible();
  await expectAccessible(page, 'contact, phone');
  // The demo's other tests write to this contact.
  const contact = await call(context.request, 'get', `/api/v1/contacts/${deal.contacts[0].id}`);
  await context.close();
  const chief = await desktop(browser);
  await signInByApi(chief.request, 'manager');
  for (const one of contact.restrictions.filter((one: any) => one.in_force)) {
    await call(chief.request, 'post', `/api/v1/restrictions/${one.id}/lift`, { reason: 'End of the test' });
  }
  await chief.close();
});
