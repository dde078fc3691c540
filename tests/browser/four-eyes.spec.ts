/**
 * Four eyes: a new version of what was approved waits until somebody else has looked at it. The installation decides that at its
 * start, so this has a program of its own, with one deal and nothing in its library.
 */
import { expect, type APIRequestContext } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { addContent, expectPages, paper } from './support/content.ts';
import { address, desktop, emailOf, PASSWORD, phone, signIn, test, type Role } from './support/people.ts';
import { call, sendItems, signInByApi } from './support/pitch.ts';
import { launch, type Program } from './support/program.ts';

const NAMES: Partial<Record<Role, string>> = { marketer: 'Hanna Okafor', admin: 'Petra Sandoval', rep: 'Ines Marlow' };
const TITLE = 'Gate prices';
const NOTE = 'Prices of the new year';
const COVER = ['Gates that open themselves'];
const PRICES = ['What it costs', 'From 90 euros per gate and month'];
const DEARER = ['What it costs', 'From 120 euros per gate and month'];
const TEAM = ['Who looks after you'];

let program: Program;
const shared = process.env['LASTMILE_URL'];

test.beforeAll(async () => {
  const users = Object.entries(NAMES).map(([role, name]) => ({ email: emailOf(role as Role), name, role, password: PASSWORD }));
  program = await launch('serve', { LASTMILE_FOUR_EYES: 'true' }, users);
  process.env['LASTMILE_URL'] = program.url;
});

test.afterAll(async () => {
  // The next file's tests run in this process.
  if (shared) process.env['LASTMILE_URL'] = shared;
  await program?.stop();
});

test('a new version waits for a second look, and readers keep the old one meanwhile', async ({ browser }) => {
  test.setTimeout(4 * 60_000);
  const [marketerContext, adminContext, repContext] = [await desktop(browser), await desktop(browser), await desktop(browser)];
  const [marketer, admin, rep] = [await marketerContext.newPage(), await adminContext.newPage(), await repContext.newPage()];
  const prospect = await (await phone(browser)).newPage();
  await signIn(marketer, 'marketer');
  await signIn(rep, 'rep');
  await signInByApi(adminContext.request, 'admin');
  await importDeal(adminContext.request);
  const asset = await addContent(marketerContext.request, { title: TITLE, state: 'draft', kind: 'deck' }, paper([COVER, PRICES]));
  await call(marketerContext.request, 'post', `/api/v1/assets/${asset}/transitions`, { to: 'in_review' });
  await call(adminContext.request, 'post', `/api/v1/assets/${asset}/transitions`, { to: 'approved' });
  const { links } = await sendItems(repContext.request, TITLE, [{ asset_id: asset }], [{ name: 'Philippa Vane' }]);
  const url = links[0]!.url;
  await expectPages(prospect, url, [COVER, PRICES]);

  const versions = marketer.getByRole('region', { name: 'Versions' }).getByRole('listitem').filter({ hasText: /^Version/ });
  const notice = marketer.getByRole('note', { name: 'Waits for an approval' });
  const life = marketer.getByRole('region', { name: 'Life cycle' });

  await test.step('the marketer uploads a new version, which waits', async () => {
    await marketer.goto(`/assets/${asset}`);
    await expect(marketer.getByText('1 / 2')).toBeVisible();
    await expect(notice).toHaveCount(0);
    await marketer.getByRole('main').getByRole('button', { name: 'More' }).click();
    await marketer.getByRole('button', { name: 'Upload new version' }).click();
    const dialog = marketer.getByRole('dialog', { name: `New version of ${TITLE}` });
    await dialog.getByLabel('File').setInputFiles(paper([TEAM, COVER, DEARER], 'gates-2.pdf'));
    await dialog.getByLabel('What changed?').fill(NOTE);
    await dialog.getByRole('button', { name: 'Upload' }).click();
    await expect(versions.filter({ hasText: 'Version 2' })).toContainText('shown once approved', { timeout: 60_000 });
    await expect(versions.filter({ hasText: 'Version 1' })).toContainText('current');
    await expect(notice).toContainText('Version 2 waits for an approval. Links show version 1 until then.');
    await expect(marketer.getByText('1 / 2')).toBeVisible();
    await expectAccessible(marketer, 'asset with a waiting version');
  });

  await test.step('looks at it and compares it', async () => {
    await notice.getByRole('link', { name: 'Look at version 2' }).click();
    await expect(marketer.getByText('1 / 3')).toBeVisible();
    await expect(notice.getByRole('link', { name: 'Look at version 1' })).toBeVisible();
    await notice.getByRole('link', { name: 'Compare them' }).click();
    await expect(marketer.getByText('1 changed, 1 added, 1 the same')).toBeVisible();
    await expect(marketer.locator('ins')).toHaveText('120');
  });

  await test.step('readers keep what was approved', async () => {
    await expectPages(prospect, url, [COVER, PRICES]);
    await rep.goto(`/assets/${asset}`);
    await expect(rep.getByText('1 / 2')).toBeVisible();
    await expect(rep.getByRole('button', { name: 'Add to pitch' })).toBeVisible();
    await expect(rep.getByRole('region', { name: 'Versions' }).getByText('Version 2')).toHaveCount(0);
    const { versions: known } = await call(marketerContext.request, 'get', `/api/v1/assets/${asset}`);
    for (const path of ['pages', 'file']) {
      const answer = await repContext.request.get(`${address()}/api/v1/versions/${known[0].id}/${path}`);
      expect(answer.status(), path).toBe(404);
    }
  });

  await test.step('its maker cannot approve it', async () => {
    await marketer.goto(`/assets/${asset}`);
    await expect(notice).toContainText('Whoever else may approve was told.');
    await expect(life.getByRole('button', { name: 'Approve the new version' })).toBeDisabled();
    await expect(life).toContainText('here a second person approves');
  });

  await test.step('somebody else is told, approves it, and everybody sees it', async () => {
    await admin.goto('/reviews');
    const item = admin.getByRole('listitem').filter({ hasText: TITLE });
    await expect(item).toContainText('A new version of what is approved.');
    await expect(item).toContainText(NOTE);
    await expect(item.getByRole('button', { name: 'Send back' })).toHaveCount(0);
    await item.getByRole('link', { name: 'Look at it' }).click();
    await admin.getByRole('note', { name: 'Waits for an approval' }).getByRole('link', { name: 'Look at version 2' }).click();
    await expect(admin.getByText('1 / 3')).toBeVisible();
    await admin.getByRole('region', { name: 'Life cycle' }).getByRole('button', { name: 'Approve the new version' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Approve the new version' });
    await expect(dialog).toContainText('Links show the new version from now on.');
    await dialog.getByRole('button', { name: 'Approve the new version' }).click();
    await expect(admin.getByRole('note', { name: 'Waits for an approval' })).toHaveCount(0);
    await expectPages(prospect, url, [TEAM, COVER, DEARER]);
    await marketer.reload();
    await expect(versions.filter({ hasText: 'Version 2' })).toContainText('current');
    await expect(versions.filter({ hasText: 'Version 2' })).not.toContainText('shown once approved');
    await expect(notice).toHaveCount(0);
    await rep.goto(`/assets/${asset}`);
    await expect(rep.getByText('1 / 3')).toBeVisible();
    await expect(rep.getByRole('button', { name: 'Add to pitch' })).toBeVisible();
  });
  for (const page of [marketer, admin, rep, prospect]) await page.context().close();
});

/** One open deal of the rep's, the way customers' data comes in. */
async function importDeal(admin: APIRequestContext): Promise<void> {
  const files = {
    accounts: 'external_id,name\nA-1,Vane Yards\n',
    opportunities: `external_id,account_external_id,name,owner_email,stage,outcome,opened_on\nO-1,A-1,Vane Yards: gates,${emailOf('rep')},evaluation,open,2026-01-15\n`,
  };
  for (const [kind, rows] of Object.entries(files)) {
    const file = { name: `${kind}.csv`, mimeType: 'text/csv', buffer: Buffer.from(rows) };
    const answer = await admin.post(`${address()}/api/v1/imports`, { headers: { origin: address() }, multipart: { kind, file } });
    expect((await answer.json()).errors, await answer.text()).toEqual([]);
  }
}
