/** The ways in which somebody goes through a page: on a phone or with keys alone, with scripts and without. */
import { expect, type Browser, type Locator, type Page } from '@playwright/test';
import { desktop, phone } from './people.ts';
import { scriptlessPage } from './scriptless.ts';

/** What works the page. */
export type Hands = {
  fill(field: Locator, text: string): Promise<void>;
  press(button: Locator): Promise<void>;
  tick(box: Locator): Promise<void>;
};

export type Way = {
  how: string;
  hands: Hands;
  scripts: boolean;
  /** A page of a browser of its own; it is closed with its context. */
  open(browser: Browser): Promise<Page>;
};

const fingers: Hands = {
  fill: (field, text) => field.fill(text),
  press: (button) => button.tap(),
  tick: (box) => box.tap(),
};

const keys: Hands = {
  async fill(field, text) {
    await reach(field);
    await field.page().keyboard.type(text);
  },
  async press(button) {
    await reach(button);
    await button.page().keyboard.press('Enter');
  },
  async tick(box) {
    await reach(box);
    await box.page().keyboard.press('Space');
  },
};

export const WAYS: Way[] = [
  { how: 'on a phone', hands: fingers, scripts: true, open: async (browser) => (await phone(browser)).newPage() },
  { how: 'on a phone without scripts', hands: fingers, scripts: false, open: async (browser) => scriptlessPage(await phone(browser)) },
  { how: 'with keys alone', hands: keys, scripts: true, open: async (browser) => (await desktop(browser)).newPage() },
  { how: 'with keys alone and without scripts', hands: keys, scripts: false, open: async (browser) => scriptlessPage(await desktop(browser)) },
];

const MOST_STEPS = 40;

/** Goes on with the Tab key until the element has the focus, which has to show. */
export async function reach(target: Locator): Promise<void> {
  await expect(target).toBeVisible();
  for (let step = 0; step < MOST_STEPS && !(await hasFocus(target)); step += 1) await target.page().keyboard.press('Tab');
  await expect(target).toBeFocused();
  const ring = await target.evaluate((one) => getComputedStyle(one).outlineStyle);
  expect(ring, 'the focus shows').not.toBe('none');
}

function hasFocus(target: Locator): Promise<boolean> {
  return target.evaluate((one) => one === document.activeElement);
}
