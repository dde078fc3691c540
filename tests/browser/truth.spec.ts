/** What a visit is taken for: scans are left out with the reason, and a rep says otherwise, and takes it back. */
import { expect } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { desktop, phone, signIn, test } from './support/people.ts';
import { call, sendPitch, signInByApi } from './support/pitch.ts';

test('a scan that is left out can be taken for a person, and back, and says why', async ({ browser, request }) => {
  await signInByApi(request, 'rep');
  const sent = await sendPitch(request, `Left out ${Date.now().toString(36)}`, ['Scanned']);
  await fetch(sent.links[0]!.url, { headers: { 'user-agent': 'Mozilla/5.0 (compatible; Barracuda Sentinel)' } });
  await expect
    .poll(async () => (await call(request, 'get', `/api/v1/opportunities/${sent.opportunity}/visits?limit=5`)).items[0]?.pitch.title)
    .toBe(sent.title);

  const context = await desktop(browser);
  const page = await context.newPage();
  await signIn(page, 'rep');
  await page.goto(`/opportunities/${sent.opportunity}`);
  const activity = page.getByRole('region', { name: 'Activity on your links' });
  await activity.getByText(/scans? left out/).click();
  const scan = activity.getByRole('listitem').filter({ hasText: 'calls itself a known scanner' }).first();
  await scan.getByRole('button', { name: 'Not a scan?' }).click();
  const dialog = page.getByRole('dialog', { name: 'Was it a person?' });
  await expect(dialog).toContainText('a machine');
  await expectAccessible(page, 'was it a person');
  await dialog.getByRole('radio', { name: 'a person', exact: true }).check();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  const visits = () => call(request, 'get', `/api/v1/opportunities/${sent.opportunity}/visits?limit=5`);
  await expect.poll(async () => (await visits()).items[0].class).toBe('human');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => (await visits()).items[0].class).toBe('machine');
  await context.close();
});

test('managers see the rules, on a phone too', async ({ browser }) => {
  const context = await phone(browser);
  const page = await context.newPage();
  await signIn(page, 'manager');
  await page.goto('/visit-rules');
  await expect(page.getByRole('heading', { name: 'Rules for visits' })).toBeVisible();
  await expectAccessible(page, 'rules for visits');
  await context.close();
});
