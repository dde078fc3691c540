/** Signals: a read by a prospect, named once with a next step, in the bell, on the live screen, in the score; alerts and webhooks. */
import { expect } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { desktop, PHONE, phone, signIn, test } from './support/people.ts';
import { sendPitch, signInByApi } from './support/pitch.ts';
import { read, swipeUp } from './support/touch.ts';

const RUN = Date.now().toString(36);
const PITCH = `Cold rooms ${RUN}`;
const READER = `Tilde Aakre ${RUN}`;

test('a read becomes one signal with a next step, and a score with its reasons', async ({ browser, request }) => {
  await signInByApi(request, 'rep');
  const sent = await sendPitch(request, PITCH, [READER]);
  const rep = await (await desktop(browser)).newPage();
  await signIn(rep, 'rep');
  await rep.goto('/live');
  await expect(rep.getByRole('region', { name: 'Signals' })).toBeVisible();

  const prospect = await (await phone(browser)).newPage();
  await prospect.goto(sent.links[0]?.url ?? '');
  await expect(prospect.getByRole('heading', { name: PITCH })).toBeVisible();
  await swipeUp(prospect, 400);
  await read(prospect, 14_000);

  await test.step('on the live screen', async () => {
    const signal = rep.getByRole('article').filter({ hasText: READER });
    await expect(signal).toHaveCount(1, { timeout: 30_000 });
    await expect(signal).toContainText(/Find out what part|Call /);
    await expect(signal).toContainText(/\d of 3 pages/);
    await expectAccessible(rep, 'live with signals');
  });

  await test.step('in the bell', async () => {
    await rep.getByRole('button', { name: /^Notifications/ }).click();
    await expect(rep.getByRole('region', { name: 'Notifications' }).getByRole('listitem').filter({ hasText: READER }).first()).toBeVisible();
    await rep.keyboard.press('Escape');
  });

  await test.step('on the opportunity, with the score', async () => {
    await rep.goto(`/opportunities/${sent.opportunity}`);
    const score = rep.getByRole('region', { name: 'Score' });
    await expect(score.getByRole('row').filter({ hasText: 'Reach' })).toBeVisible();
    // The reads that count most come first; others may have read in this deal, too.
    const more = score.getByRole('button', { name: /^Show \d+ more$/ });
    if (await more.isVisible()) await more.click();
    const line = score.getByRole('row').filter({ hasText: READER });
    await line.getByText(READER).click();
    await expect(line).toContainText(/Active time: 1 × /);
    await score.getByText('How this is counted').click();
    await expect(score).toContainText('after every 14 days');
    await expectAccessible(rep, 'opportunity with signals');
    const signals = rep.getByRole('region', { name: 'Signals' });
    const title = await signals.getByRole('article').filter({ hasText: READER }).first().getAttribute('aria-label');
    const signal = signals.getByRole('article', { name: title ?? '', exact: true });
    await signal.getByRole('button', { name: 'Wave aside' }).click();
    await rep.keyboard.type('It was a test.');
    await rep.keyboard.press('Enter');
    await expect(signal).toContainText(/Waved aside by .+: It was a test\./);
    // A visit that goes on has the list asked for anew; the way back stays where it is.
    const anew = rep.waitForResponse((answer) => answer.url().includes('/api/v1/signals?'));
    await prospect.reload();
    await swipeUp(prospect, 400);
    await anew;
    await expect(signal).toContainText(/Waved aside by .+: It was a test\./);
    await signal.getByRole('button', { name: 'Open again' }).click();
    await signal.getByRole('button', { name: 'Done' }).click();
    await expect(signal).toContainText('Taken care of by');
    await rep.getByLabel('Alerts of this deal').selectOption('mute');
    await expect(rep.getByText('You hear nothing of this deal')).toBeVisible();
    await rep.getByLabel('Alerts of this deal').selectOption('');
  });

  await test.step('the warmest first', async () => {
    await rep.goto('/opportunities?owner=all');
    await rep.getByLabel('Sort by').selectOption('score');
    await expect(rep).toHaveURL(/sort=score/);
    const first = rep.getByRole('main').getByRole('listitem').first();
    await expect(first).toContainText(/Score\s*\d+\.\d/);
    await expectAccessible(rep, 'opportunities by score');
  });

  await test.step('on a phone', async () => {
    await rep.setViewportSize(PHONE);
    await rep.goto(`/opportunities/${sent.opportunity}`);
    await expect(rep.getByRole('region', { name: 'Score' })).toBeVisible();
    const overflow = await rep.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await expectAccessible(rep, 'opportunity with signals, phone');
  });
});

test('somebody chooses what to hear and when', async ({ browser }) => {
  const manager = await (await desktop(browser)).newPage();
  await signIn(manager, 'manager');
  await manager.getByRole('button', { name: /Manager|Account/ }).last().click();
  await manager.getByRole('link', { name: 'Alerts' }).click();
  await expect(manager.getByRole('heading', { name: 'Alerts' })).toBeVisible();
  await expectAccessible(manager, 'alerts');
  const mail = manager.getByLabel('First read by mail');
  await expect(mail).not.toBeChecked();
  await expect(manager.getByRole('button', { name: 'Save' })).toBeHidden();
  await mail.focus();
  await manager.keyboard.press('Space');
  await manager.getByLabel('Hold mail and chat outside of my working hours').check();
  await manager.getByLabel('From').fill('18:30');
  await manager.getByRole('button', { name: 'Save' }).click();
  await expect(manager.getByText('This is your own choice.')).toBeVisible();
  await manager.reload();
  await expect(manager.getByLabel('First read by mail')).toBeChecked();
  await expect(manager.getByLabel('From')).toHaveValue('18:30');
  await manager.setViewportSize(PHONE);
  await expectAccessible(manager, 'alerts, phone');
  const overflow = await manager.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await manager.getByRole('button', { name: "Use the team's settings" }).click();
  await expect(manager.getByText('This is your own choice.')).toBeHidden();
});

test('an administrator adds a webhook, tries it, and reads what came of it', async ({ browser }) => {
  const admin = await (await desktop(browser)).newPage();
  await signIn(admin, 'admin');
  await admin.goto('/webhooks');
  await admin.getByRole('button', { name: 'Add', exact: true }).click();
  const dialog = admin.getByRole('dialog', { name: 'Add a webhook or chat channel' });
  await dialog.getByLabel('Name').fill(`CRM ${RUN}`);
  await dialog.getByLabel('Address').fill('http://127.0.0.1:9/hook');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(dialog.getByText('private network')).toBeVisible();
  await expectAccessible(admin, 'webhook dialog');
  await dialog.getByLabel('Address').fill('https://hooks.invalid/lastmile');
  await dialog.getByRole('button', { name: 'Add' }).click();
  await expect(admin.getByRole('heading', { name: `CRM ${RUN}` })).toBeVisible();
  await admin.getByRole('button', { name: 'Send a test' }).click();
  const message = admin.getByRole('region', { name: 'Messages' }).getByRole('listitem').filter({ hasText: 'ping' }).first();
  await expect(message).toContainText('1 try', { timeout: 20_000 });
  await message.getByText('ping').click();
  await expect(message).toContainText('could not be reached');
  await expect(message).toContainText('"type":"ping"');
  await admin.getByRole('button', { name: 'Show' }).click();
  const secret = admin.getByText(/^whsec_[\w+/=]{40,}$/);
  const before = await secret.innerText();
  await admin.getByRole('button', { name: 'Rotate' }).click();
  await admin.getByRole('dialog', { name: 'Another secret?' }).getByRole('button', { name: 'Rotate' }).click();
  await expect(secret).not.toHaveText(before);
  await expect(admin.getByText('The secret before signs as well until')).toBeVisible();
  await expectAccessible(admin, 'webhook');
  await admin.setViewportSize(PHONE);
  await expectAccessible(admin, 'webhook, phone');
  await admin.getByRole('button', { name: 'Remove this webhook' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(admin).toHaveURL(/\/webhooks$/);
});
