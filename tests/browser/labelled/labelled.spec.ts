/**
 * Plays the labelled visits and says how the classifier fared, per family. The normal run plays each family once; the long one
 *
 *   LABELLED_EACH=14 npm run labelled        # also LABELLED_AT_ONCE=6, LABELLED_ONLY="screen reader"
 *
 * more than 400. Goals: machines found 95 %, people taken for machines 1 % (none of those who read in a way of their own), what
 * alerts would tell is right in 98 %.
 */
import { chromium, expect, test, type Browser } from '@playwright/test';
import { families, type Family } from './families.ts';
import { address } from '../support/people.ts';

const EACH = Number(process.env['LABELLED_EACH'] ?? 1);
const AT_ONCE = Number(process.env['LABELLED_AT_ONCE'] ?? 6);
const ONLY = process.env['LABELLED_ONLY'];

let token = '';
async function api(method: string, path: string, body?: unknown): Promise<any> {
  const answer = await fetch(`${address()}${path}`, {
    method,
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID(), ...(token && { authorization: `Bearer ${token}` }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}

type Played = { family: Family; link: string };

/** A link for every visit, so that each is judged by itself. */
async function links(count: number): Promise<{ opportunity: string; links: { id: string; url: string }[] }> {
  const session = await api('POST', '/api/v1/session', { email: 'rep@lastmile.example', password: 'lastmile-demo' });
  token = session.access_token;
  const deals = await api('GET', '/api/v1/opportunities?outcome=open&owner=me');
  const found = await api('GET', '/api/v1/search?q=temperature&kind=deck');
  const hit = found.items.find((one: any) => one.asset.state === 'approved' && !one.asset.internal_only && one.asset.current_version.page_count > 3);
  const pitch = await api('POST', '/api/v1/pitches', {
    opportunity_id: deals.items[0].id,
    title: `Labelled visits ${new Date().toISOString()}`,
    message: 'Three pages.',
    items: [1, 2, 3].map((page_number) => ({ asset_id: hit.asset.id, page_number })),
  });
  const made: { id: string; url: string }[] = [];
  while (made.length < count) {
    const recipients = Array.from({ length: Math.min(20, count - made.length) }, (_, index) => ({ name: `Viewer ${made.length + index}` }));
    const answer = await api('POST', `/api/v1/pitches/${pitch.id}/links`, { recipients, expires_at: null, download_allowed: false });
    made.push(...answer.items);
  }
  return { opportunity: deals.items[0].id, links: made };
}

async function visitsOf(opportunity: string): Promise<Map<string, any[]>> {
  const found = new Map<string, any[]>();
  let cursor: string | null = null;
  do {
    const page: any = await api('GET', `/api/v1/opportunities/${opportunity}/visits?limit=200${cursor ? `&cursor=${cursor}` : ''}`);
    for (const visit of page.items) found.set(visit.link_id, [...(found.get(visit.link_id) ?? []), visit]);
    cursor = page.next_cursor;
  } while (cursor);
  return found;
}

const percent = (part: number, whole: number) => (whole ? `${((100 * part) / whole).toFixed(1)} %` : '-').padStart(8);

test('machines are told from people, whatever way they read', async () => {
  test.setTimeout(60_000 * (5 + EACH * 3));
  const chosen = families.filter((one) => !ONLY || one.name.includes(ONLY));
  const plan = chosen.flatMap((family) => Array.from({ length: EACH }, () => family));
  plan.sort(() => Math.random() - 0.5);
  const { opportunity, links: made } = await links(plan.length);
  const browser: Browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    ignoreDefaultArgs: ['--enable-automation'],
    args: ['--disable-blink-features=AutomationControlled', '--no-sandbox', '--disable-gpu'],
  });
  const played: Played[] = [];
  const waiting = plan.map((family, index) => ({ family, link: made[index]! }));
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next; (next = waiting.pop()); ) {
        await next.family.visit(browser, new URL(new URL(next.link.url).pathname, address()).href).catch((error) => console.error(`${next!.family.name}: ${error}`));
        played.push({ family: next.family, link: next.link.id });
        if (played.length % 50 === 0) console.log(`${played.length} of ${plan.length} played`);
      }
    }),
  );
  await browser.close();
  await new Promise((done) => setTimeout(done, 1000));

  const visits = await visitsOf(opportunity);
  let machines = 0, caught = 0, people = 0, taken = 0, aided = 0, reads = 0, readsOfPeople = 0;
  console.log('\nfamily                                        truth     visits  machine  unverified  human');
  for (const family of chosen) {
    const counts = { machine: 0, unverified: 0, human: 0 };
    let all = 0;
    const why = new Map<string, number>();
    for (const one of played.filter((one) => one.family === family)) {
      for (const visit of visits.get(one.link) ?? []) {
        all++;
        counts[visit.class as keyof typeof counts]++;
        const wrong = family.truth === 'machine' ? visit.class !== 'machine' : visit.class === 'machine';
        if (wrong) why.set(`${visit.score}: ${visit.reasons.join('; ')}`, (why.get(`${visit.score}: ${visit.reasons.join('; ')}`) ?? 0) + 1);
        if (visit.level === 'read') {
          reads++;
          if (family.truth === 'human') readsOfPeople++;
        }
      }
    }
    if (family.truth === 'machine') {
      machines += all;
      caught += counts.machine;
    } else {
      people += all;
      taken += counts.machine;
      if (family.accessibility) aided += counts.machine;
    }
    console.log(`${family.name.padEnd(45)} ${family.truth.padEnd(9)} ${String(all).padStart(6)} ${percent(counts.machine, all)} ${percent(counts.unverified, all)}    ${percent(counts.human, all)}`);
    for (const [reasons, count] of why) console.log(`    ${count} x ${reasons}`);
  }
  console.log(`\n${machines + people} visits. Machines found ${percent(caught, machines)}; people taken for machines ${percent(taken, people)}, ${aided} of those who read in their own way; what alerts would tell is right ${percent(readsOfPeople, reads)}`);
  expect(caught, 'machines found').toBeGreaterThanOrEqual(0.95 * machines);
  expect(taken, 'people taken for machines').toBeLessThanOrEqual(0.01 * people);
  expect(aided, 'people who read in a way of their own, taken for machines').toBe(0);
  expect(readsOfPeople, 'what alerts would tell').toBeGreaterThanOrEqual(0.98 * reads);
});
