/** Every screen for every role, on a desktop and a phone: nothing fails, nothing scrolls sideways, and the app stays light. */
import { expect, type Page } from '@playwright/test';
import { desktop, emailOf, PASSWORD, phone, ROLES, signIn, test, type Role } from './support/people.ts';
import { call, signInByApi } from './support/pitch.ts';
import { wire } from './support/wire.ts';

const MOST_SCRIPT = 60 * 1024;

/** Which of the app's places a role has in its navigation. */
const PLACES: Record<Role, string[]> = {
  rep: ['/library', '/opportunities', '/pitches', '/live', '/requests', '/collections'],
  marketer: ['/library', '/analytics/content', '/reviews', '/requests', '/assets', '/duplicates', '/vocabulary', '/synonyms', '/collections', '/processing', '/imports'],
  manager: ['/library', '/opportunities', '/live', '/analytics/content', '/requests', '/collections', '/do-not-contact'],
  admin: ['/library', '/opportunities', '/pitches', '/live', '/analytics/content', '/reviews', '/requests', '/assets', '/vocabulary', '/collections', '/processing', '/do-not-contact', '/outbox', '/audit'],
};

for (const [size, open] of [['desktop', desktop], ['phone', phone]] as const) {
  for (const role of ROLES) {
    test(`${role}, ${size}: every screen opens without a fault`, async ({ browser }) => {
      const context = await open(browser);
      await signInByApi(context.request, role);
      const page = await context.newPage();
      const faults: string[] = [];
      watch(page, faults);

      for (const place of [...PLACES[role], ...(await subjects(context.request, role))]) {
        await page.goto(place);
        await settled(page);
        const { scroll, client } = await page.evaluate(() => ({
          scroll: document.documentElement.scrollWidth,
          client: document.documentElement.clientWidth,
        }));
        expect.soft(scroll, `${place} is wider than the screen`).toBeLessThanOrEqual(client);
        expect.soft(faults.splice(0), place).toEqual([]);
      }
      await context.close();
    });
  }
}

test('the app sends at most 60 KB of script from sign-in to the library', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  const scripts = new Set<string>();
  page.on('request', (one) => {
    if (one.resourceType() === 'script' || /\.m?js$/.test(new URL(one.url()).pathname)) scripts.add(one.url());
  });
  await signIn(page, 'rep');
  await expect(page.getByRole('heading', { name: 'Library' })).toBeVisible();
  await settled(page);
  const sizes = await Promise.all([...scripts].map(async (url) => ({ url, ...(await wire(url)) })));
  for (const one of sizes) expect(one.encoding, one.url).toMatch(/br|gzip/);
  expect(sizes.reduce((sum, one) => sum + one.bytes, 0)).toBeLessThanOrEqual(MOST_SCRIPT);
  await context.close();
});

test('a wrong password says so, and a foreign address leads to the sign-in and then on', async ({ browser }) => {
  const context = await desktop(browser);
  const page = await context.newPage();
  await page.goto('/opportunities');
  await page.getByLabel('E-mail').fill(emailOf('rep'));
  await page.getByLabel('Password').fill(`not ${PASSWORD}`);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Opportunities' })).toBeVisible();
  await context.close();
});

/** Screens that are about one thing: an asset, a deal, a pitch, a report. */
async function subjects(request: Parameters<typeof call>[0], role: Role): Promise<string[]> {
  const first = async (path: string): Promise<string | undefined> => (await call(request, 'get', path)).items[0]?.id;
  const asset = (await call(request, 'get', '/api/v1/search')).items[0]?.asset.id;
  const places = [`/assets/${asset}`, `/assets/${asset}/compare`, `/collections/${await first('/api/v1/collections')}`];
  if (role !== 'marketer') places.push(`/opportunities/${await first('/api/v1/opportunities')}`);
  if (role === 'rep' || role === 'admin') places.push(`/pitches/${await first('/api/v1/pitches')}`);
  if (role !== 'rep') places.push(`/analytics/content/${asset}`);
  return places;
}

function watch(page: Page, faults: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => faults.push(`error: ${error.message}`));
  page.on('response', (answer) => {
    if (answer.status() >= 400) faults.push(`${answer.status()} ${answer.url()}`);
  });
  page.on('requestfailed', (one) => {
    // Leaving a screen ends its stream and what it no longer needs.
    if (one.failure()?.errorText !== 'net::ERR_ABORTED') faults.push(`${one.failure()?.errorText} ${one.url()}`);
  });
}

/** The heading and the data are there. The live stream never ends, so the network is never idle. */
async function settled(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('.skeleton, [aria-busy=true]')).toHaveCount(0);
  await page.waitForTimeout(300);
}
