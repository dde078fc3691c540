/** Those who keep the library: words of the vocabulary, many assets at once, two edits of one asset, collections. */
import { expect } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { desktop, phone, test } from './support/people.ts';
import { call, signInByApi } from './support/pitch.ts';

// The tests share one installation, so every run brings words and titles of its own.
const RUN = Date.now().toString(36);

test('a word is chosen while typing, given to many assets, and renamed on all of them', async ({ browser }) => {
  const context = await desktop(browser);
  await signInByApi(context.request, 'marketer');
  const page = await context.newPage();

  await page.goto('/vocabulary?facet=tag');
  await page.getByLabel('New word of Tags').fill(`Fair ${RUN}`);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('status').filter({ hasText: 'is in the vocabulary' })).toBeVisible();
  await expectAccessible(page, 'vocabulary');

  await page.goto('/assets?kind=case_study&sort=title');
  const boxes = page.locator('tbody [data-row]');
  await boxes.nth(0).click();
  await boxes.nth(2).click({ modifiers: ['Shift'] });
  await expect(page.getByText('3 chosen')).toBeVisible();
  await page.getByRole('button', { name: /^Choose all \d+ that match$/ }).click();
  await page.getByRole('button', { name: 'Clear', exact: true }).click();
  await boxes.nth(0).focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+Space');
  await expect(page.getByText('2 chosen')).toBeVisible();
  await expectAccessible(page, 'all content');

  await page.getByRole('button', { name: 'Change', exact: true }).click();
  const dialog = page.getByRole('dialog');
  // Nearly the word: it is offered, and nothing new is made by mistake.
  const field = dialog.getByRole('combobox', { name: 'Add Tags' });
  await field.fill(`fair${RUN}`);
  await expect(dialog.getByRole('option', { name: `Fair ${RUN} did you mean this?` })).toBeVisible();
  await field.press('Enter');
  await expect(dialog.getByRole('button', { name: `Remove Fair ${RUN}` })).toBeVisible();
  await expectAccessible(page, 'bulk edit');
  await dialog.getByRole('button', { name: 'Change 2 assets' }).click();
  await expect(dialog.getByText('2 changed')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close', exact: true }).last().click();

  await page.goto('/vocabulary?facet=tag');
  await page.getByLabel('Find a word').fill(`fair ${RUN}`);
  const row = page.getByRole('listitem').filter({ hasText: `Fair ${RUN}` });
  await expect(row.getByRole('link', { name: '2 assets' })).toBeVisible();
  await row.getByRole('button', { name: `Change Fair ${RUN}` }).click();
  await page.getByRole('button', { name: 'Rename' }).click();
  await page.getByLabel('New word', { exact: true }).fill(`Trade fair ${RUN}`);
  await page.getByRole('dialog').getByRole('button', { name: 'Rename' }).click();
  await expect(page.getByRole('status').filter({ hasText: 'Renamed, with 2 assets' })).toBeVisible();
  await page.goto(`/assets?tag=Trade+fair+${RUN}`);
  await expect(page.getByText('2 assets', { exact: true })).toBeVisible();
  await context.close();
});

test('two edits of one asset: what does not clash stays, what does is shown with both values', async ({ browser }) => {
  const context = await desktop(browser);
  await signInByApi(context.request, 'marketer');
  const list = await call(context.request, 'get', '/api/v1/assets?kind=guide&sort=title&limit=1');
  const id = list.items[0].id;
  const page = await context.newPage();
  const edit = async (): Promise<void> => {
    await page.goto(`/assets/${id}`);
    await page.getByRole('button', { name: 'Edit', exact: true }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
  };
  const meanwhile = async (change: object): Promise<void> => {
    await call(context.request, 'post', '/api/v1/assets/bulk', { ids: [id], change });
  };

  await edit();
  await page.getByLabel('Description').fill(`Mine ${RUN}`);
  await meanwhile({ add: { tag: [`theirs ${RUN}`] } });
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByText(`Mine ${RUN}`)).toBeVisible();
  await expect(page.getByText(`Theirs ${RUN}`)).toBeVisible();

  await meanwhile({ review_by: null });
  await edit();
  await page.getByLabel('Review by').fill('2031-01-31');
  await meanwhile({ review_by: '2032-02-29' });
  await page.getByRole('button', { name: 'Save' }).click();
  const conflict = page.getByRole('alert').filter({ hasText: 'Somebody else changed this asset meanwhile' });
  await expect(conflict.getByRole('row', { name: 'Review by 31 Jan 2031 29 Feb 2032' })).toBeVisible();
  await expectAccessible(page, 'a conflict');
  await conflict.getByRole('button', { name: 'Save mine over theirs' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.getByText('31 Jan 2031', { exact: true })).toBeVisible();

  await edit();
  await page.getByLabel('Description').fill('Not to be lost');
  await page.keyboard.press('Escape');
  await expect(page.getByText('Your changes are not saved.')).toBeVisible();
  await page.getByRole('button', { name: 'Discard them' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await context.close();
});

test('a collection is made, put in order, shown to one team, and sent whole', async ({ browser }) => {
  const context = await desktop(browser);
  await signInByApi(context.request, 'marketer');
  const page = await context.newPage();
  const name = `First call ${RUN}`;

  await page.goto('/collections');
  await page.getByRole('button', { name: 'New collection' }).first().click();
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('Only these teams', { exact: false }).check();
  await page.getByLabel('DACH & Nordics').check();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByText('Only DACH & Nordics')).toBeVisible();

  await page.getByRole('button', { name: 'Add content' }).first().click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Search content').fill('temperature');
  // What was listed before the search is gone only when its answer is there.
  await expect(dialog.getByText('A vaccine on its way')).toBeVisible();
  const add = dialog.getByRole('button', { name: /^Add / });
  await add.first().click();
  // Only then is the first button another one's.
  await expect(dialog.getByText('In it')).toHaveCount(1);
  await add.first().click();
  await expect(dialog.getByText('In it')).toHaveCount(2);
  await dialog.getByRole('button', { name: 'Close', exact: true }).click();
  const items = page.getByRole('list', { name: `Content of ${name}` }).getByRole('listitem');
  await expect(items).toHaveCount(2);
  const first = (await items.first().getByRole('link').textContent()) ?? '';
  await items.first().getByRole('button', { name: /down$/ }).click();
  await expect(items.nth(1).getByRole('link')).toHaveText(first);
  await expectAccessible(page, 'a collection');
  await page.reload();
  await expect(items.nth(1).getByRole('link')).toHaveText(first);
  const address = new URL(page.url()).pathname;
  await context.close();

  const rep = await desktop(browser);
  await signInByApi(rep.request, 'rep');
  const screen = await rep.newPage();
  await screen.goto(address);
  await expect(screen.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(screen.getByRole('button', { name: 'Edit' })).toHaveCount(0);
  const fit = (await call(rep.request, 'get', `/api/v1${address}`)).assets.filter((asset: any) => asset.state === 'approved' && !asset.internal_only).length;
  const deals = await call(rep.request, 'get', '/api/v1/opportunities?outcome=open&owner=me');
  const pitch = await call(rep.request, 'post', '/api/v1/pitches', { opportunity_id: deals.items[0].id, title: name });
  await screen.goto(`/pitches/${pitch.id}`);
  await screen.getByRole('button', { name: 'Collections' }).click();
  await screen.getByLabel('Find a collection').fill(name);
  await screen.getByRole('button', { name: `Add all of ${name}` }).click();
  await expect(screen.getByText(fit === 1 ? '1 item' : `${fit} items`, { exact: true })).toBeVisible();
  await expect(screen.getByText('All changes saved')).toBeVisible();
  await rep.close();

  // A marketer's phone sees it too, and the list of all content there.
  const small = await phone(browser);
  await signInByApi(small.request, 'marketer');
  const pocket = await small.newPage();
  await pocket.goto(address);
  await expect(pocket.getByRole('heading', { level: 1, name })).toBeVisible();
  await expectAccessible(pocket, 'a collection, phone');
  await pocket.goto('/assets');
  await expect(pocket.locator('[data-row]').first()).toBeVisible();
  await expectAccessible(pocket, 'all content, phone');
  await small.close();
});
