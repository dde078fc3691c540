/** How content comes in: folders, interrupted uploads that go on, archives with a report, near copies that become versions. */
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, type Locator, type Page } from '@playwright/test';
import { expectAccessible } from './support/axe.ts';
import { desktop, signIn, test } from './support/people.ts';

const RUN = Date.now().toString(36);
const MEGABYTE = 1024 * 1024;

test('a folder comes in at once, with what is said of all and of one', async ({ browser }) => {
  const folder = await mkdtemp(join(tmpdir(), 'uploads-'));
  await mkdir(join(folder, 'guides'));
  for (const n of [1, 2, 3, 4, 5]) await writeFile(join(folder, 'guides', `guide-${n}-${RUN}.md`), text(`guide ${n} ${RUN}`));
  await writeFile(join(folder, 'guides', '.hidden'), 'nothing for a library');

  const { page, dialog, dock } = await marketer(browser);
  await dialog.getByLabel('Folder to upload').setInputFiles(folder);
  const chosen = dialog.getByRole('list', { name: 'Chosen files' });
  await expect(chosen.getByRole('listitem')).toHaveCount(5);
  await expect(chosen.getByText('Markdown', { exact: false }).first()).toBeVisible();
  await dialog.getByLabel(`Title of guide-3-${RUN}.md`).fill(`The third ${RUN}`);
  await dialog.getByLabel('Kind of all').selectOption('guide');
  await expectAccessible(page, 'upload dialog with files');
  await dialog.getByRole('button', { name: 'Upload 5 files' }).click();

  await expect(dock.getByRole('status')).toHaveText('All files are ready', { timeout: 90_000 });
  await expectAccessible(page, 'upload dock');
  await dock.getByRole('link', { name: `Open guide-3-${RUN}.md` }).click();
  await expect(page.getByRole('heading', { name: `The third ${RUN}`, level: 1 })).toBeVisible();
  await expect(page.getByText('Guide', { exact: true }).first()).toBeVisible();
  await page.context().close();
});

test('an upload that a reload interrupts goes on where it stood, and an archive tells first what it brings', async ({ browser }) => {
  const archive = join(await mkdtemp(join(tmpdir(), 'uploads-')), `library-${RUN}.zip`);
  const files: [string, Buffer][] = [
    [`plans/plan-${RUN}.md`, Buffer.from(text(`plan ${RUN}`))],
    [`plans/notes-${RUN}.txt`, Buffer.from(text(`notes ${RUN}`))],
    // Large, so that the archive has more than one piece, and a program, whatever its name says.
    ['plans/noise.bin', Buffer.concat([Buffer.from('\x7fELF\x02\x01\x01', 'latin1'), Buffer.alloc(20 * MEGABYTE)])],
  ];
  await writeFile(archive, stored(files));

  const { page, dialog, dock } = await marketer(browser);
  // The second piece never arrives: the network is gone.
  const sent: string[] = [];
  const lost = 'PATCH behind the first piece';
  await page.route('**/api/v1/uploads/*', async (route) => {
    const offset = route.request().headers()['upload-offset'];
    if (route.request().method() === 'PATCH' && offset !== '0') return void sent.push(lost);
    await route.continue();
  });
  await dialog.getByLabel('Files to upload').setInputFiles(archive);
  await dialog.getByRole('button', { name: 'Upload 1 file' }).click();
  await expect.poll(() => sent).toContain(lost);
  await page.reload();

  await expect(dock.getByRole('status')).toHaveText('1 upload interrupted');
  await expect(dock).toContainText('Interrupted at 17 MB of 21 MB');
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  const offsets: (string | undefined)[] = [];
  page.on('request', (one) => {
    if (one.method() === 'PATCH') offsets.push(one.headers()['upload-offset']);
  });
  await dock.getByLabel('Files of interrupted uploads').setInputFiles(archive);
  await dock.getByRole('link', { name: /^Open the import/ }).click();
  expect(offsets).toEqual([String(16 * MEGABYTE)]);

  await expect(page.getByText('Waits for your go')).toBeVisible({ timeout: 60_000 });
  const rows = page.getByRole('group', { name: 'Files' }).getByRole('row');
  await expect(rows.filter({ hasText: `plan-${RUN}.md` })).toContainText('New');
  await expect(rows.filter({ hasText: 'noise.bin' })).toContainText('Not taken in');
  await expectAccessible(page, 'import report');
  await page.getByRole('button', { name: 'Import 2 files' }).click();
  await expect(page.getByText('Done', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(page.getByText('2 new, 1 not taken in')).toBeVisible();
  await page.context().close();
});

test('a near copy is recognised and becomes the next version with one click', async ({ browser }) => {
  const topic = `terrace ${RUN}`;
  const { page, dialog, dock } = await marketer(browser);
  const upload = async (name: string, content: string, title: string) => {
    await dialog.getByLabel('Files to upload').setInputFiles({ name, mimeType: 'text/markdown', buffer: Buffer.from(content) });
    await dialog.getByLabel(`Title of ${name}`).fill(title);
    await dialog.getByRole('button', { name: 'Upload 1 file' }).click();
    await expect(lineOf(dock, name)).toContainText('Ready', { timeout: 60_000 });
  };
  await upload(`terrace-${RUN}.md`, text(topic), `Terrace ${RUN}`);
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  await upload(`terrace-final-${RUN}.md`, `${text(topic)}\nAnd one sentence more.`, `Terrace final ${RUN}`);

  await expect(lineOf(dock, `terrace-final-${RUN}.md`)).toContainText(`Looks like Terrace ${RUN}`, { timeout: 30_000 });
  await page.goto('/duplicates');
  await expect(page.getByRole('link', { name: `Terrace final ${RUN}` })).toBeVisible();
  await expectAccessible(page, 'duplicates');
  await page.getByRole('link', { name: `Terrace final ${RUN}` }).click();
  await page.getByRole('button', { name: 'Make this a new version of it' }).click();
  await expect(page.getByRole('heading', { name: `Terrace ${RUN}`, level: 1 })).toBeVisible();
  await expect(page.getByText(`terrace-final-${RUN}.md`).first()).toBeVisible();
  await page.context().close();
});

/** A marketer in the library with the upload dialog open. */
async function marketer(browser: Parameters<typeof desktop>[0]): Promise<{ page: Page; dialog: Locator; dock: Locator }> {
  const page = await (await desktop(browser)).newPage();
  await signIn(page, 'marketer');
  await page.goto('/library');
  await page.getByRole('button', { name: 'Upload', exact: true }).click();
  return { page, dialog: page.getByRole('dialog', { name: 'Upload' }), dock: page.getByRole('region', { name: 'Uploads' }) };
}

const lineOf = (dock: Locator, name: string): Locator => dock.getByRole('listitem').filter({ has: dock.page().getByText(name, { exact: true }) });

/** Words that no other text has. */
function text(topic: string): string {
  const stem = topic.replace(/\W/g, '');
  const words = Array.from({ length: 120 }, (_, n) => `${stem}${(n * 7919) % 1009}`);
  return `# About ${topic}\n\n${words.join(' ')}\n`;
}

/** A ZIP archive that packs nothing. */
function stored(files: [string, Buffer][]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of files) {
    const named = Buffer.from(name);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt32LE(crc32(content), 10);
    facts.writeUInt32LE(content.length, 14);
    facts.writeUInt32LE(content.length, 18);
    facts.writeUInt16LE(named.length, 22);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt16LE(20, 4);
    facts.copy(entry, 6);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, named);
    parts.push(Buffer.from('PK\x03\x04'), facts, named, content);
    offset += 30 + named.length + content.length;
  }
  const index = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(index.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, index, end]);
}
