/** Internal content: a rep reads it and is offered no way out for it; what becomes internal is gone from pages that were sent. */
import { expect, type Locator, type Page } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { addContent, expectPages, note, paper } from './support/content.ts';
import { desktop, phone, signIn, test } from './support/people.ts';
import { call, sendItems, signInByApi } from './support/pitch.ts';

const RUN = Date.now().toString(36);
/** One word that both pieces have, and no other run's. */
const WORD = `falconry${RUN}`;
const CARD = `Rivals of the falcon ${RUN}`;
const LEAFLET = `Leaflet of the falcon ${RUN}`;
const PRICE_FLOOR = 'Never go below forty euros per bird';
const WHY = 'Internal only: it never leaves in a pitch';

test('a rep reads what is internal, and is offered no way of sending or keeping it', async ({ browser }) => {
  const [marketer, context] = [await desktop(browser), await desktop(browser)];
  await signInByApi(marketer.request, 'marketer');
  const inside = await addContent(marketer.request, { title: CARD, state: 'approved', kind: 'battlecard', internal_only: true }, paper([[WORD, PRICE_FLOOR]]));
  // Everything that is looked for in vain is there for its open twin, so it is looked for in the right places.
  const open = await addContent(marketer.request, { title: LEAFLET, state: 'approved', kind: 'battlecard' }, paper([[WORD, 'From sixty euros per bird']]));
  const collection = await call(marketer.request, 'post', '/api/v1/collections', { name: `Falcons ${RUN}`, asset_ids: [inside, open] });
  const rep = await context.newPage();
  await signIn(rep, 'rep');
  await expect.poll(async () => (await call(context.request, 'get', `/api/v1/search?q=${WORD}`)).items.length).toBe(2);

  await test.step('its card in the library says so', async () => {
    await rep.goto(`/library?q=${WORD}`);
    const hit = (title: string): Locator => rep.getByRole('article').filter({ has: rep.getByRole('heading', { name: title }) });
    await expect(hit(LEAFLET).getByRole('button', { name: 'Add' })).toBeVisible();
    await expect(hit(LEAFLET)).not.toContainText('Internal only');
    await expect(hit(CARD).getByText('Internal only', { exact: true })).toBeVisible();
    await expect(hit(CARD)).toContainText(WHY);
    await expect(hit(CARD).getByRole('button', { name: /^Add/ })).toHaveCount(0);
    // Nor by the key that adds.
    await hit(CARD).getByRole('link', { name: CARD }).focus();
    await rep.keyboard.press('a');
    await expect(rep.getByRole('dialog')).toHaveCount(0);
    await hit(LEAFLET).getByRole('link', { name: LEAFLET }).focus();
    await rep.keyboard.press('a');
    await expect(rep.getByRole('dialog', { name: 'Add to a pitch' })).toBeVisible();
  });

  await test.step('they read it', async () => {
    await rep.goto(`/assets/${open}`);
    await expect(rep.getByRole('heading', { name: LEAFLET, level: 1 })).toBeVisible();
    for (const name of ['Add to pitch', 'Add page 1']) await expect(waysOut(rep).and(rep.getByRole('button', { name }))).toBeVisible();
    await expect(waysOut(rep).and(rep.getByRole('link', { name: 'Download original' }))).toBeVisible();
    await expect(menu(rep)).toBeVisible();
    await rep.goto(`/assets/${inside}`);
    await expect(rep.getByRole('heading', { name: CARD, level: 1 })).toBeVisible();
    await expect(rep.getByText('Internal only', { exact: true })).toBeVisible();
    await expect.poll(() => rep.getByRole('img', { name: /^Page 1/ }).evaluate((one: HTMLImageElement) => one.complete && one.naturalWidth > 0)).toBe(true);
    await rep.getByText('Text of page 1').click();
    await expect(rep.getByText(PRICE_FLOOR)).toBeVisible();
    await expect(waysOut(rep)).toHaveCount(0);
    // Its only version has nothing else to offer.
    await expect(rep.getByRole('region', { name: 'Versions' })).toContainText('Version 1');
    await expect(menu(rep)).toHaveCount(0);
    await expectAccessible(rep, 'internal asset');
  });

  await test.step('a collection marks it', async () => {
    await rep.goto(`/collections/${collection.id}`);
    const items = rep.getByRole('list', { name: `Content of Falcons ${RUN}` }).getByRole('listitem');
    await expect(items.filter({ hasText: CARD })).toContainText('Internal only');
    await expect(items.filter({ hasText: LEAFLET })).not.toContainText('Internal only');
  });

  await test.step('the composer says why it cannot be added', async () => {
    const deals = await call(context.request, 'get', '/api/v1/opportunities?outcome=open&owner=me');
    const pitch = await call(context.request, 'post', '/api/v1/pitches', { opportunity_id: deals.items[0].id, title: `Falcons ${RUN}` });
    await rep.goto(`/pitches/${pitch.id}`);
    const shelf = rep.getByRole('region', { name: 'Content', exact: true });
    await shelf.getByLabel('Search content for this opportunity').fill(WORD);
    const offered = (title: string): Locator => shelf.getByRole('listitem').filter({ hasText: title });
    await expect(offered(LEAFLET).getByRole('button', { name: `Add ${LEAFLET}` })).toBeVisible();
    await expect(offered(CARD)).toContainText(WHY);
    await expect(offered(CARD).getByRole('button')).toHaveCount(0);
    await expect(offered(CARD).locator('[draggable=true]')).toHaveCount(0);
    await expectAccessible(rep, 'composer with internal content');

    await shelf.getByRole('button', { name: 'Collections' }).click();
    await shelf.getByLabel('Find a collection').fill(`Falcons ${RUN}`);
    await shelf.getByRole('button', { name: `Add all of Falcons ${RUN}` }).click();
    await expect(rep.getByText('1 asset left out, because they may not be sent')).toBeVisible();
    const cards = rep.getByRole('region', { name: 'In this pitch' }).getByRole('listitem');
    await expect(cards).toHaveCount(1);
    await expect(cards).toContainText(LEAFLET);
  });
  for (const each of [marketer, context]) await each.close();
});

test('what becomes internal is gone from the page that was sent, and the rep replaces it', async ({ browser }) => {
  test.setTimeout(4 * 60_000);
  const [marketer, rep] = [await (await desktop(browser)).newPage(), await (await desktop(browser)).newPage()];
  const prospect = await (await phone(browser)).newPage();
  await signIn(marketer, 'marketer');
  await signIn(rep, 'rep');
  const [old, next, other] = [`Winter tyres of the fleet ${RUN}, first edition`, `Winter tyres of the fleet ${RUN}, second edition`, `Letter to the fleet ${RUN}`];
  const said = { [old]: 'Studs are counted twice', [next]: 'Studs are counted once', [other]: 'Dear fleet' };
  const add = (title: string, kind: string) => addContent(marketer.request, { title, state: 'approved', kind }, note(`# ${title}\n\n${said[title]}`));
  const [first, letter] = [await add(old, 'guide'), await add(other, 'template')];
  await add(next, 'guide');
  const pitch = await sendItems(rep.request, `Fleet ${RUN}`, [{ asset_id: letter }, { asset_id: first, note: 'As promised' }], [{ name: 'Wilhelmina Oakes' }]);
  const url = pitch.links[0]!.url;
  await expectPages(prospect, url, [[said[other]!], [said[old]!]]);
  const picture = new URL((await prospect.locator('#p2 img').getAttribute('src'))!, url).href;
  expect((await prospect.request.get(picture)).status()).toBe(200);

  await test.step('the marketer makes it internal', async () => {
    await marketer.goto(`/assets/${first}`);
    await marketer.getByRole('button', { name: 'Edit', exact: true }).click();
    const dialog = marketer.getByRole('dialog', { name: 'Edit details' });
    await dialog.getByLabel('Internal only').check();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    await expect(marketer.getByText('Internal only', { exact: true })).toBeVisible();
  });

  await test.step('the prospect does not find it any more, and the rest stays', async () => {
    await expectPages(prospect, url, [[said[other]!]]);
    await expect(prospect.getByText(old)).toHaveCount(0);
    expect((await prospect.request.get(picture)).status()).toBe(404);
  });

  await test.step('the deal says so, with what could stand in', async () => {
    await rep.goto(`/opportunities/${pitch.opportunity}`);
    const flagged = rep.getByRole('region', { name: /to replace$/ }).getByRole('listitem').filter({ hasText: old });
    await expect(flagged).toContainText('For internal use only; it cannot leave in a pitch.');
    await expect(flagged).toContainText(`In Fleet ${RUN} with 1 open link. Readers do not see it any more.`);
    await expect(flagged.getByRole('button', { name: `Replace with ${next}` })).toBeEnabled();
    await expectAccessible(rep, 'deal with a flag');
  });

  await test.step('the rep is told', async () => {
    // The program looks once a minute.
    const told = async (): Promise<string[]> => (await call(rep.request, 'get', '/api/v1/notifications')).items.map((one: any) => one.title);
    await expect.poll(told, { timeout: 100_000 }).toContain(`“${old}” in a live pitch: For internal use only; it cannot leave in a pitch.`);
  });

  await test.step('no further link is made until it is replaced', async () => {
    await rep.goto(`/pitches/${pitch.id}`);
    const card = rep.getByRole('region', { name: 'In this pitch' }).getByRole('listitem').nth(1);
    await expect(card.getByText('For internal use only; it cannot leave in a pitch.')).toBeVisible();
    await rep.getByRole('button', { name: /tracked links/i }).first().click();
    const dialog = rep.getByRole('dialog', { name: 'Tracked links' });
    await dialog.getByLabel('Name of recipient 1').fill('Ida Late');
    await dialog.getByRole('button', { name: 'Create link' }).click();
    await expect(dialog.getByRole('alert')).toContainText(old);
    await dialog.getByRole('button', { name: 'Close' }).click();

    await card.getByRole('button', { name: `Replace with ${next}` }).click();
    await expect(card).toContainText(next);
    await expect(card.getByText('For internal use only')).toBeHidden();
    await expect(card.getByRole('textbox')).toHaveValue('As promised');
    await expect(rep.getByText('All changes saved')).toBeVisible();
    await expectPages(prospect, url, [[said[other]!], [said[next]!]]);
  });
  for (const page of [marketer, rep, prospect]) await page.context().close();
});

/** What a screen about one asset offers for sending it, or for keeping a copy. */
function waysOut(page: Page): Locator {
  const main = page.getByRole('main');
  return main.locator('a[download], a[href*="/file"]').or(main.getByRole('button', { name: /^(Add|Send|Share|Download)/ }));
}

/** Behind it is the file of a version. */
const menu = (page: Page): Locator => page.getByRole('button', { name: 'What to do with version 1' });
