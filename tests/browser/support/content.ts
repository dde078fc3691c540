/** Content in the library, made through the API as a marketer; and what a prospect sees of it. */
import { expect, type APIRequestContext, type Page } from '@playwright/test';
import { address } from './people.ts';
import { pdf } from './paper.ts';
import { call } from './pitch.ts';

export type About = { title: string; state: 'draft' | 'approved'; kind: string; internal_only?: boolean };
export type File = { name: string; mimeType: string; buffer: Buffer };

/** A short text that is converted at once. */
export const note = (text: string): File => ({ name: 'note.md', mimeType: 'text/markdown', buffer: Buffer.from(text) });

/** A page per entry, its lines as they are in `expectPages`. */
export const paper = (pages: string[][], name = 'paper.pdf'): File => ({ name, mimeType: 'application/pdf', buffer: pdf(pages) });

/** The new asset's id; it has its pages. */
export async function addContent(request: APIRequestContext, about: About, file: File): Promise<string> {
  const answer = await request.post(`${address()}/api/v1/assets`, {
    headers: { origin: address() },
    multipart: { metadata: JSON.stringify(about), file },
  });
  expect(answer.status(), await answer.text()).toBe(201);
  const { id } = await answer.json();
  await expectReady(request, id, 1);
  return id;
}

/** The next version, which has its pages. */
export async function addVersion(request: APIRequestContext, asset: string, file: File, number: number): Promise<void> {
  const answer = await request.post(`${address()}/api/v1/assets/${asset}/versions`, { headers: { origin: address() }, multipart: { file } });
  expect(answer.ok(), await answer.text()).toBe(true);
  await expectReady(request, asset, number);
}

async function expectReady(request: APIRequestContext, asset: string, number: number): Promise<void> {
  const newest = async (): Promise<string> => {
    const [version] = (await call(request, 'get', `/api/v1/assets/${asset}`)).versions;
    return `${version.number} ${version.state}`;
  };
  await expect.poll(newest, { timeout: 60_000 }).toBe(`${number} ready`);
}

/** The link shows these pages with these lines, and no other. What an asset shows is behind its links a moment later. */
export async function expectPages(page: Page, url: string, pages: string[][]): Promise<void> {
  await expect(async () => {
    await page.goto(url);
    await expect(page.locator('figure')).toHaveCount(pages.length, { timeout: 2_000 });
    for (const [at, lines] of pages.entries()) {
      const text = page.locator(`#p${at + 1} details`);
      await text.locator('summary').click();
      for (const line of lines) await expect(text).toContainText(line, { timeout: 5_000 });
    }
  }).toPass({ timeout: 45_000 });
}

/** The picture of a page of a link, as the server gives it now. */
export async function pictureOf(page: Page, number: number): Promise<Buffer> {
  const source = await page.locator(`#p${number} img`).getAttribute('src');
  const answer = await page.request.get(new URL(source!, page.url()).href);
  expect(answer.status()).toBe(200);
  return answer.body();
}
