/** Composing: by dragging and by keys alone, from a template, with a story and next steps; two tabs; ticks on a phone. */
import { expect, type APIRequestContext, type Page } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { desktop, phone, PHONE, signIn, test } from './support/people.ts';
import { call, signInByApi } from './support/pitch.ts';
import { scriptlessPage } from './support/scriptless.ts';

type Deal = { id: string; name: string };

async function deal(request: APIRequestContext): Promise<Deal> {
  const deals = await call(request, 'get', '/api/v1/opportunities?outcome=open&owner=me');
  return deals.items[0];
}

async function emptyPitch(request: APIRequestContext, title: string): Promise<string> {
  const made = await call(request, 'post', '/api/v1/pitches', { opportunity_id: (await deal(request)).id, title });
  return made.id;
}

const saved = (page: Page) => expect(page.getByText('All changes saved')).toBeVisible();
const cards = (page: Page) => page.getByRole('region', { name: 'In this pitch' }).getByRole('listitem');

test('a pitch is composed by dragging, and the order survives a reload', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await signIn(page, 'rep');
  await page.goto(`/pitches/${await emptyPitch(context.request, 'By dragging')}`);
  const shelf = page.getByRole('region', { name: 'Content', exact: true });
  const area = page.getByRole('region', { name: 'In this pitch' });
  await shelf.locator('.entry[draggable]').first().dragTo(area.locator('.hollow'));
  await expect(cards(page)).toHaveCount(1);
  await shelf.locator('.entry[draggable]').nth(4).dragTo(cards(page).first());
  await expect(cards(page)).toHaveCount(2);
  const first = await cards(page).first().locator('.text .strong').innerText();

  const handle = cards(page).first().locator('.handle');
  const from = (await handle.boundingBox())!;
  const to = (await cards(page).nth(1).boundingBox())!;
  await page.mouse.move(from.x + from.width / 2, from.y + from.height / 2);
  await page.mouse.down();
  await page.mouse.move(from.x + 20, to.y + to.height * 0.5, { steps: 12 });
  await page.mouse.move(from.x + 20, to.y + to.height * 0.6, { steps: 12 });
  await page.waitForTimeout(300);
  await page.mouse.up();
  await expect(cards(page).nth(1).locator('.text .strong')).toHaveText(first);
  await saved(page);
  await page.reload();
  await expect(cards(page).nth(1).locator('.text .strong')).toHaveText(first);
  await context.close();
});

test('a pitch is composed by keys alone, and what happens is said', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await signIn(page, 'rep');
  await page.goto(`/pitches/${await emptyPitch(context.request, 'By keys')}`);
  const add = page.getByRole('region', { name: 'Content', exact: true }).getByRole('button', { name: /^Add / });
  for (const index of [0, 1, 2]) {
    await add.nth(index).focus();
    await page.keyboard.press('Enter');
  }
  await expect(cards(page)).toHaveCount(3);
  await expect(page.getByText(/^Added .*3 in the pitch$/)).toBeAttached();
  const third = await cards(page).nth(2).locator('.text .strong').innerText();
  await cards(page).nth(2).getByRole('textbox').focus();
  await page.keyboard.type('Read this first');
  await page.keyboard.press('Alt+ArrowUp');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(cards(page).first().locator('.text .strong')).toHaveText(third);
  await expect(page.getByText(/is now 1 of 3/)).toBeAttached();
  await page.keyboard.type('!');
  await expect(cards(page).first().getByRole('textbox')).toHaveValue('Read this first!');

  const section = page.getByRole('button', { name: 'Add a section' });
  await section.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.type('Proof');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(page.getByText('section "Proof" is now 3 of 4')).toBeAttached();
  await saved(page);
  const id = page.url().split('/').at(-1)!;
  const stored = await call(context.request, 'get', `/api/v1/pitches/${id}`);
  expect(stored.items.map((item: any) => item.section)).toEqual(['', '', 'Proof']);
  expect(stored.items[0].note).toBe('Read this first!');

  await cards(page).first().getByRole('button', { name: /^Remove / }).focus();
  await page.keyboard.press('Enter');
  await expect(cards(page)).toHaveCount(3);
  await page.keyboard.press('Control+z');
  await expect(cards(page)).toHaveCount(4);
  await page.keyboard.press('Control+Shift+z');
  await expect(cards(page)).toHaveCount(3);
  await page.keyboard.press('Control+z');
  await saved(page);
  await expectAccessible(page, 'composer');
  await page.setViewportSize(PHONE);
  await expectAccessible(page, 'composer on a phone');
  await context.close();
});

test('a template, a story and next steps; the prospect ticks off theirs on a phone', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await signIn(page, 'rep');
  const opportunity = await deal(context.request);
  await page.goto(`/opportunities/${opportunity.id}`);
  await page.getByRole('button', { name: 'From a template' }).click();
  await page.getByRole('button', { name: 'Use After the first talk' }).click();
  await expect(page).toHaveURL(/\/pitches\//);
  await expect(page.getByRole('textbox', { name: /^Message/ })).toHaveValue(/thank you for the talk/);
  await expect(page.getByLabel('Title', { exact: true })).not.toHaveValue(/\{\{/);
  const before = await cards(page).count();

  const story = page.getByRole('region', { name: 'Customer story' });
  await expect(story.getByText('The template keeps this place')).toBeVisible();
  await story.getByRole('button', { name: /Say it in other words|Note what they told/ }).click();
  await story.getByLabel('What the prospect struggles with').fill('Nobody trusts the temperature readings of the cold store, and audits take days.');
  await story.getByRole('button', { name: 'Find stories' }).click();
  await expect(story.getByText(/tells of/).first()).toBeVisible();
  await story.getByRole('button', { name: /^Use this story/ }).first().click();
  await expect(cards(page)).toHaveCount(before + 1);
  await expect(story.getByText('In this pitch').first()).toBeVisible();
  await expect(story.getByText('The template keeps this place')).toBeHidden();
  await story.getByRole('button', { name: 'Cancel' }).click();

  const steps = page.getByRole('region', { name: 'Next steps' });
  await steps.getByRole('button', { name: 'They do' }).click();
  await page.keyboard.type('Name the site for the pilot');
  await saved(page);
  const message = page.getByRole('textbox', { name: /^Message/ });
  await message.fill(((await message.inputValue()) + ' {{typo}}').replace(/\{\{contact[^}]*\}\}/g, 'you'));
  await saved(page);
  await expect(page.getByText('Placeholders to write out before you send')).toBeVisible();
  await message.fill((await message.inputValue()).replace(' {{typo}}', ''));
  await saved(page);
  await expect(page.getByText('Placeholders to write out before you send')).toBeHidden();
  await expectAccessible(page, 'composer with story and steps');

  const id = page.url().split('/').at(-1)!;
  const stored = await call(context.request, 'get', `/api/v1/pitches/${id}`);
  const links = await call(context.request, 'post', `/api/v1/pitches/${id}/links`, { recipients: [{ name: 'Noor Haddad' }], expires_at: null, download_allowed: false });
  const url = new URL(links.items[0].url).pathname;
  for (const scripts of [true, false]) {
    const pocket = await phone(browser);
    const theirs = await (scripts ? pocket.newPage() : scriptlessPage(pocket));
    await theirs.goto(url);
    const what = scripts ? 'Name the site for the pilot' : stored.steps.find((step: any) => step.side === 'theirs').what;
    const box = theirs.getByRole('button', { name: `Done: ${what}` });
    await box.tap();
    await expect(theirs.getByRole('button', { name: `Done: ${what}` })).toHaveAttribute('aria-pressed', 'true');
    await expectAccessible(theirs, 'next steps on a phone');
    await pocket.close();
  }
  await page.goto(`/opportunities/${opportunity.id}`);
  const agreed = page.getByRole('region', { name: 'Next steps' });
  await expect(agreed.getByText('Name the site for the pilot').first()).toBeVisible();
  await expect(agreed.getByText(/done by Noor Haddad/).first()).toBeVisible();
  await context.close();
});

test('two tabs: what only one changed is joined, what both changed is shown and nothing is lost', async ({ browser }) => {
  const context = await desktop(browser);
  const [one, two] = [await context.newPage(), await context.newPage()];
  await signIn(one, 'rep');
  const path = `/pitches/${await emptyPitch(context.request, 'Two tabs')}`;
  await one.goto(path);
  await two.goto(path);
  await one.getByLabel('Title', { exact: true }).fill('A title by the first');
  await saved(one);
  await two.getByRole('textbox', { name: /^Message/ }).fill('A message by the second');
  await expect(two.getByText('joined with yours')).toBeVisible();
  await saved(two);
  await expect(two.getByLabel('Title', { exact: true })).toHaveValue('A title by the first');

  await one.getByRole('textbox', { name: /^Message/ }).fill('Another message by the first');
  const conflict = one.getByRole('alert');
  await expect(conflict).toContainText('A message by the second');
  await expect(conflict).toContainText('Another message by the first');
  await expectAccessible(one, 'conflict');
  await conflict.getByRole('button', { name: /Take theirs/ }).click();
  await saved(one);
  await expect(one.getByRole('textbox', { name: /^Message/ })).toHaveValue('A message by the second');
  await one.getByRole('button', { name: 'Undo' }).click();
  await expect(one.getByRole('textbox', { name: /^Message/ })).toHaveValue('Another message by the first');
  await saved(one);

  await one.getByRole('button', { name: 'History' }).click();
  const history = one.getByRole('dialog', { name: 'History' });
  await expect(history.getByRole('button', { name: /message/ }).first()).toBeVisible();
  await history.getByRole('list', { name: 'Versions of this pitch' }).getByRole('button').last().click();
  await expect(history.getByRole('heading', { name: 'Two tabs' })).toBeVisible();
  await expectAccessible(one, 'history');
  await history.getByRole('button', { name: 'Bring back' }).click();
  await expect(one.getByLabel('Title', { exact: true })).toHaveValue('Two tabs');
  await context.close();
});

test('a preview on phone and desktop is the real page and counts nothing', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await signInByApi(context.request, 'rep');
  const id = await emptyPitch(context.request, 'Looked at');
  const found = await call(context.request, 'get', '/api/v1/search?q=temperature&kind=deck');
  const asset = found.items.find((hit: any) => hit.asset.state === 'approved' && !hit.asset.internal_only);
  const current = await call(context.request, 'get', `/api/v1/pitches/${id}`);
  const put = await context.request.put(`/api/v1/pitches/${id}`, {
    data: { title: 'Looked at', message: 'Hello **you**', items: [{ asset_id: asset.asset.id }] },
    headers: { origin: new URL(page.url() === 'about:blank' ? process.env['LASTMILE_URL']! : page.url()).origin, 'if-match': `"${current.revision}"` },
  });
  expect(put.ok()).toBe(true);
  await page.goto(`/pitches/${id}`);
  await page.getByRole('button', { name: 'Preview' }).click();
  const frame = page.frameLocator('iframe');
  await expect(frame.getByRole('heading', { name: 'Looked at', level: 1 })).toBeVisible();
  await expect(frame.locator('strong', { hasText: 'you' })).toBeVisible();
  const sent: string[] = [];
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
  await page.getByRole('button', { name: 'Phone' }).click();
  expect(await page.locator('iframe').evaluate((element) => element.clientWidth)).toBe(390);
  await page.waitForTimeout(500);
  expect(sent.filter((url) => url.includes('/events'))).toEqual([]);
  const visits = await call(context.request, 'get', `/api/v1/opportunities/${(await deal(context.request)).id}/visits`);
  expect(JSON.stringify(visits)).not.toContain(id);
  await context.close();
});

test('a manager dresses the team, and what cannot be read is adapted', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await signIn(page, 'manager');
  await page.goto('/branding');
  await page.locator('#accent').fill('#ffd400');
  await expect(page.getByText('has too little contrast there').first()).toBeVisible();
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Pages that are opened from now on have this look')).toBeVisible();
  await expectAccessible(page, 'branding');
  await page.setViewportSize(PHONE);
  await expectAccessible(page, 'branding on a phone');
  await page.getByRole('button', { name: 'Back to the default look' }).click();
  await expect(page.getByText('Back to the default look').first()).toBeVisible();
  await page.goto('/templates');
  await expectAccessible(page, 'templates on a phone');
  await page.getByRole('link', { name: 'After the first talk' }).click();
  await expect(page.getByRole('heading', { name: 'After the first talk' })).toBeVisible();
  await expectAccessible(page, 'template on a phone');
  await context.close();
});
