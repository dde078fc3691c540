/** Searching: fields, slips, completions, and synonyms that count at once. */
import { expect } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { desktop, signIn, test } from './support/people.ts';

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
