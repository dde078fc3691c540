/** A piece from draft to retirement: reviewed by a second person, sent, run out, and replaced where it was sent. */
import { expect, type Page } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { addContent, note } from './support/content.ts';
import { desktop, signIn, test } from './support/people.ts';
import { sendItems } from './support/pitch.ts';

const RUN = Date.now().toString(36);
const OLD = `Terms of the orchard ${RUN}, first edition`;
const NEW = `Terms of the orchard ${RUN}, second edition`;
// One word: a run's mark by itself is only a slip away from another's.
const MISSING = `quincemarmalade${RUN}`;

test('a piece is reviewed, runs out in a pitch that was sent, and is replaced', async ({ browser, request }) => {
  const marketer = await (await desktop(browser)).newPage();
  const admin = await (await desktop(browser)).newPage();
  const repContext = await desktop(browser);
  const rep = await repContext.newPage();
  await signIn(marketer, 'marketer');
  await signIn(admin, 'admin');
  await signIn(rep, 'rep');
  const old = await addContent(marketer.request, { title: OLD, state: 'draft', kind: 'template' }, terms(OLD));
  await addContent(marketer.request, { title: NEW, state: 'approved', kind: 'template' }, terms(NEW));
  let url = '';
  let pitch = '';

  await test.step('the marketer sends it to review', async () => {
    await marketer.goto(`/assets/${old}`);
    const life = marketer.getByRole('region', { name: 'Life cycle' });
    await life.getByRole('button', { name: 'Send to review' }).click();
    const dialog = marketer.getByRole('dialog', { name: 'Send to review' });
    await dialog.getByLabel('Petra Sandoval').check();
    await dialog.getByLabel('Comment').fill('Please look at the second line.');
    await expectAccessible(marketer, 'step dialog');
    await dialog.getByRole('button', { name: 'Send to review' }).click();
    await expect(life.getByText(/, to Petra Sandoval\.$/)).toBeVisible();
    await expect(life.getByRole('button', { name: 'Approve' })).toBeDisabled();
    await expectAccessible(marketer, 'asset in review');
  });

  await test.step('the reviewer comments on a page and approves', async () => {
    await admin.goto('/reviews');
    const item = admin.getByRole('listitem').filter({ hasText: OLD });
    await expect(item).toContainText('Please look at the second line.');
    await expectAccessible(admin, 'reviews');
    await item.getByRole('link', { name: 'Look at it' }).click();
    const comments = admin.getByRole('region', { name: 'Comments' });
    await comments.getByLabel('New comment').fill('The second line is fine.');
    await comments.getByLabel('On page 1').check();
    await comments.getByRole('button', { name: 'Comment' }).click();
    await expect(comments.getByRole('link', { name: 'Page 1' })).toBeVisible();
    await admin.getByRole('region', { name: 'Life cycle' }).getByRole('button', { name: 'Approve' }).click();
    await admin.getByRole('dialog', { name: 'Approve' }).getByRole('button', { name: 'Approve' }).click();
    await expect(admin.getByRole('region', { name: 'Life cycle' }).getByText('Approved').first()).toBeVisible();
  });

  await test.step('the author is told', async () => {
    await marketer.reload();
    await marketer.getByRole('button', { name: /^Notifications/ }).click();
    const news = marketer.getByRole('region', { name: 'Notifications' });
    await expect(news.getByText(`Petra Sandoval approved “${OLD}”`)).toBeVisible();
    await expect(news.getByText(`Petra Sandoval commented on page 1 of “${OLD}”`)).toBeVisible();
    await marketer.keyboard.press('Escape');
  });

  await test.step('the rep sends it, and it runs out', async () => {
    const sent = await sendItems(repContext.request, `Orchard ${RUN}`, [{ asset_id: old, note: 'As promised' }], [{ name: 'Wilhelmina Oakes' }]);
    pitch = sent.id;
    url = sent.links[0]!.url;
    await marketer.reload();
    await expect(marketer.getByRole('region', { name: 'In 1 live pitch' })).toContainText(`Orchard ${RUN}`);
    await marketer.getByRole('region', { name: 'Life cycle' }).getByRole('button', { name: 'Mark as expired' }).click();
    await marketer.getByRole('dialog').getByRole('button', { name: 'Mark as expired' }).click();
    await expect(marketer.getByRole('region', { name: 'Life cycle' }).getByRole('button', { name: 'Approve again' })).toBeVisible();
    // Readers keep what they were promised until the rep has decided.
    expect(await (await request.get(url)).text()).toContain(OLD);
  });

  await test.step('the rep replaces it in one click', async () => {
    await rep.goto(`/pitches/${pitch}`);
    const card = rep.getByRole('region', { name: 'In this pitch' }).getByRole('listitem');
    await expect(card.getByText('It has expired.')).toBeVisible();
    await expectAccessible(rep, 'composer with a flag');
    await card.getByRole('button', { name: `Replace with ${NEW}` }).click();
    await expect(card).toContainText(NEW);
    await expect(card.getByText('It has expired.')).toBeHidden();
    await expect(card.getByRole('textbox')).toHaveValue('As promised');
    await expect(rep.getByText('All changes saved')).toBeVisible();
    const page = await (await request.get(url)).text();
    expect(page).toContain(NEW);
    expect(page).not.toContain(OLD);
  });
});

test('who searches in vain asks, and others need it too', async ({ browser }) => {
  const rep = await (await desktop(browser)).newPage();
  const marketer = await (await desktop(browser)).newPage();
  await signIn(rep, 'rep');
  await signIn(marketer, 'marketer');
  await rep.goto(`/library?q=${encodeURIComponent(MISSING)}`);
  await rep.getByRole('button', { name: 'Ask for content' }).click();
  const dialog = rep.getByRole('dialog', { name: 'Ask for content' });
  await expect(dialog.getByLabel('What is missing?')).toHaveValue(MISSING);
  await dialog.getByLabel('What do you need it for?').fill('They asked twice.');
  await expectAccessible(rep, 'request dialog');
  await dialog.getByRole('button', { name: 'Ask for it' }).click();
  await expect(rep.getByText('You are told when it is there.')).toBeVisible();

  await marketer.goto('/requests?sort=newest');
  await expectAccessible(marketer, 'requests');
  await marketer.getByRole('button', { name: MISSING }).click();
  const detail = marketer.getByRole('dialog', { name: MISSING });
  await detail.getByRole('button', { name: 'I need it too' }).click();
  await expect(detail.getByRole('heading', { name: '2 people ask for it' })).toBeVisible();
  await detail.getByLabel('Status').selectOption('planned');
  await expectAccessible(marketer, 'request');
  await detail.getByRole('button', { name: 'Save' }).click();
  await detail.getByRole('button', { name: 'Close' }).last().click();
  await expect(line(marketer, MISSING)).toContainText('Planned');
});

const terms = (title: string) => note(`# ${title}\n\nEvery quince is counted twice.`);
const line = (page: Page, title: string) => page.getByRole('listitem').filter({ has: page.getByRole('button', { name: title }) });
