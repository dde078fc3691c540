/** What people see of a link that does not open: why, and whom to ask. On a phone and with keys alone, with scripts and without, light and dark. */
import { expect, type APIRequestContext, type Page } from '@playwright/test';
import { test } from './support/people.ts';
import { call, sendPitch, signInByApi, type Link, type Sent } from './support/pitch.ts';
import { expectTree, type Screen } from './support/trees.ts';
import { reach, WAYS, type Hands } from './support/ways.ts';

/** How often a passcode may be tried from one place. */
const MOST_TRIES = 8;
const IN_A_MONTH = () => new Date(Date.now() + 30 * 86_400_000).toISOString();

let sent: Sent;

test.beforeEach(async ({ request }) => {
  await signInByApi(request, 'rep');
  sent ??= await sendPitch(request, `Refused ${Date.now().toString(36)}`, ['Open']);
});

async function linkWith(request: APIRequestContext, settings: Record<string, unknown>): Promise<Link> {
  const made = await call(request, 'post', `/api/v1/pitches/${sent.id}/links`, { recipients: [{ name: 'Greta Holm' }], expires_at: null, ...settings });
  return made.items[0];
}

type Refusal = {
  what: string;
  screen: Screen;
  status: number;
  url(request: APIRequestContext): Promise<string>;
  /** What brings the refusal about, where going there does not. */
  act?(page: Page, hands: Hands): Promise<void>;
  /** The page of a link that nobody made knows nobody to ask. */
  nobody?: boolean;
};

const REFUSALS: Refusal[] = [
  {
    what: 'a link that was taken back',
    screen: 'revoked',
    status: 410,
    async url(request) {
      const link = await linkWith(request, {});
      await call(request, 'post', `/api/v1/links/${link.id}/revoke`);
      return link.url;
    },
  },
  {
    what: 'a link that ran out',
    screen: 'expired',
    status: 410,
    async url(request) {
      const { url } = await linkWith(request, { expires_at: new Date(Date.now() + 2_000).toISOString() });
      await expect.poll(async () => (await request.get(url)).status()).toBe(410);
      return url;
    },
  },
  {
    what: 'a link that opens later',
    screen: 'not yet',
    status: 403,
    url: async (request) => (await linkWith(request, { opens_at: IN_A_MONTH(), passcode: 'blue lantern' })).url,
  },
  {
    what: 'a link that nobody made',
    screen: 'unknown',
    status: 404,
    url: async () => `${sent.links[0]!.url}x`,
    nobody: true,
  },
  {
    what: 'something that is not part of a pitch',
    screen: 'nothing here',
    status: 404,
    url: async () => `${sent.links[0]!.url}/download/${crypto.randomUUID()}`,
  },
  {
    what: 'a passcode that was tried too often',
    screen: 'too many tries',
    status: 200,
    async url(request) {
      const { url } = await linkWith(request, { passcode: 'blue lantern' });
      for (let tries = 0; tries < MOST_TRIES; tries += 1) await request.post(`${url}/gate`, { form: { step: 'passcode', passcode: 'red lantern' } });
      return url;
    },
    async act(page, hands) {
      await hands.fill(page.getByLabel('Passcode'), 'blue lantern');
      const answer = page.waitForResponse((one) => one.url().endsWith('/gate'));
      await hands.press(page.getByRole('button', { name: 'Continue' }));
      expect((await answer).status()).toBe(429);
    },
  },
];

for (const { what, screen, status, url, act, nobody } of REFUSALS) {
  test(`${what} is refused with the reason and whom to ask`, async ({ browser, request }) => {
    const where = await url(request);
    for (const { how, hands, open } of WAYS) {
      await test.step(how, async () => {
        const page = await open(browser);
        expect((await page.goto(where))?.status()).toBe(status);
        await act?.(page, hands);
        await expectTree(page, screen);
        await expect(page.locator('figure')).toHaveCount(0);
        await expect(page.getByText(sent.title)).toHaveCount(0);
        if (!nobody) {
          const ask = page.getByRole('link', { name: /^Write to/ });
          await reach(ask);
          await expect(ask).toHaveAttribute('href', 'mailto:rep@lastmile.example');
        }
        await page.context().close();
      });
    }
  });
}
