/** Searching: fields, slips, completions, and synonyms that count at once. */
import { expect } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { desktop, phone, signIn, test } from './support/people.ts';

test('a marketer keeps synonyms, and the next search uses them', async ({ browser }) => {
  const page = await (await desktop(browser)).newPage();
  await signIn(page, 'marketer');
  const nonsense = `zq${Date.now().toString(36)}`;

  await page.goto(`/library?q=${nonsense}`);
  await expect(page.getByText(`Nothing matches "${nonsense}"`)).toBeVisible();

  await page.goto('/synonyms');
  await page.getByRole('button', { name: 'Add synonyms' }).first().click();
  await page.getByLabel('Terms, one a line').fill(`${nonsense}\nenergy`);
  await expectAccessible(page, 'synonym dialog');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('listitem').filter({ hasText: nonsense }).first()).toBeVisible();
  await expectAccessible(page, 'synonyms');

  await page.goto(`/library?q=${nonsense}`);
  await expect(page.locator('[data-result]').first()).toBeVisible();

  await page.goto('/synonyms');
  await page.getByRole('button', { name: `Remove ${nonsense}, energy` }).click();
  await expect(page.getByText(`Removed ${nonsense}, energy`)).toBeVisible();
});

test('a slip is told, and a completed query is searched for', async ({ browser }) => {
  const page = await (await desktop(browser)).newPage();
  await signIn(page, 'rep');
  await page.goto('/library?q=enregy');
  await expect(page.getByText('These are the results for energy')).toBeVisible();
  await expect(page.locator('[data-result]').first()).toBeVisible();

  const field = page.getByRole('combobox', { name: 'Search the library' });
  await field.fill('');
  await field.pressSequentially('temper');
  const option = page.getByRole('option').first();
  await expect(option).toHaveText(/temper/);
  await field.press('ArrowDown');
  await field.press('Enter');
  await expect(page).toHaveURL(/temper\w+/);
});

test('from a deal to a pitch of three single pages with the keyboard alone, in under a minute', async ({ browser }) => {
  const page = await (await desktop(browser)).newPage();
  await signIn(page, 'rep');
  await page.goto('/opportunities');
  await page.getByRole('main').getByRole('listitem').getByRole('link').first().click();
  await expect(page.getByRole('region', { name: 'Stages' })).toBeVisible();
  const { keyboard } = page;
  const started = Date.now();

  await keyboard.press('/');
  await expect(page.getByRole('combobox', { name: 'Search the library' })).toBeFocused();
  await expect(page.getByText('Ranked for')).toBeVisible();
  await keyboard.type('temperature energy');
  const answered = page.waitForResponse((one) => /search\?.*q=temperature/.test(one.url()) && !one.url().includes('typing'));
  await keyboard.press('Enter');
  await answered;
  await expect(page.locator('[data-result]').nth(3)).toBeVisible();
  await keyboard.press('ArrowDown');
  await expect(page.locator('[data-result]').first()).toBeFocused();
  const focused = page.getByRole('article').filter({ has: page.locator('[data-result]:focus') });
  for (let added = 0; added < 3; await keyboard.press('ArrowDown')) {
    // Some results have a single page, which is no single page of many.
    if ((await focused.getByRole('button', { name: /^Add page/ }).count()) === 0) continue;
    const title = (await focused.getByRole('heading').textContent()) ?? '';
    await keyboard.press('a');
    if (added === 0) {
      await expect(page.getByRole('button', { name: 'New pitch' })).toBeFocused();
      await keyboard.press('Enter');
      await expect(page.getByRole('dialog')).toBeHidden();
    }
    await expect(page.getByText(new RegExp(`Page \\d+ of "${title.replace(/[^\w ]/g, '.')}" is in`)).first()).toBeVisible();
    await expect(focused.getByRole('heading')).toHaveText(title);
    added += 1;
  }
  await keyboard.press('p');
  const cards = page.getByRole('region', { name: 'In this pitch' }).getByRole('listitem');
  await expect(cards).toHaveCount(3);
  for (const card of await cards.all()) await expect(card).toContainText(/Page \d+/);
  expect(Date.now() - started).toBeLessThan(60_000);
});

test('what the account knows already is marked where content is chosen for it', async ({ browser }) => {
  const page = await (await desktop(browser)).newPage();
  await signIn(page, 'rep');
  const deals = await page.evaluate(async () => {
    const list = (await (await fetch('/api/v1/opportunities?outcome=open')).json()) as { items: { id: string }[] };
    const known = [];
    for (const deal of list.items) {
      const answer = (await (await fetch(`/api/v1/opportunities/${deal.id}/received`)).json()) as { items: { asset_id: string }[] };
      if (answer.items[0]) known.push({ deal: deal.id, asset: answer.items[0].asset_id });
    }
    return known;
  });
  const [first] = deals;
  if (!first) throw new Error('The demo has sent nothing in an open deal.');
  const mark = /^(Read (by|at)|Sent to) /;
  await page.goto(`/library?opportunity=${first.deal}`);
  await expect(page.getByRole('article').getByText(mark).first()).toBeVisible();
  await expectAccessible(page, 'library for a deal');
  await page.goto(`/assets/${first.asset}?opportunity=${first.deal}`);
  await expect(page.getByText(mark).first()).toBeVisible();
  await expectAccessible(page, 'asset for a deal');

  const small = await (await phone(browser)).newPage();
  await signIn(small, 'rep');
  await small.goto(`/library?opportunity=${first.deal}&q=energy`);
  await expect(small.locator('[data-result]').first()).toBeVisible();
  await expectAccessible(small, 'library for a deal, phone');
});
