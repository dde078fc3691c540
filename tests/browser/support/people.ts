/** Who takes part: users of the app with a window of their own, and prospects with a phone. */
import { expect, test as base, type Browser, type BrowserContext, type Page } from '@playwright/test';

export type Role = 'rep' | 'marketer' | 'manager' | 'admin';
export const ROLES: Role[] = ['rep', 'marketer', 'manager', 'admin'];
export const PASSWORD = 'lastmile-demo';
export const emailOf = (role: Role): string => `${role}@lastmile.example`;

export const DESKTOP = { width: 1440, height: 900 };
export const PHONE = { width: 390, height: 844 };
const PHONE_AGENT =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1';
// The program's own name for a browser without a window would be taken for a crawler's.
const DESKTOP_AGENT = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';

/** Tests run against the program that the global set-up has started. */
export const test = base.extend({
  baseURL: async ({}, use) => use(address()),
});

export function address(): string {
  const url = process.env['LASTMILE_URL'];
  if (!url) throw new Error('The program under test is not running.');
  return url.replace(/\/$/, '');
}

export function desktop(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({ baseURL: address(), viewport: DESKTOP, userAgent: DESKTOP_AGENT, colorScheme: 'light' });
}

export function phone(browser: Browser): Promise<BrowserContext> {
  return browser.newContext({
    baseURL: address(),
    viewport: PHONE,
    deviceScaleFactor: 2,
    isMobile: true,
    hasTouch: true,
    userAgent: PHONE_AGENT,
    colorScheme: 'light',
  });
}

/** Signs in on the sign-in screen, by hand. */
export async function signIn(page: Page, role: Role): Promise<void> {
  await page.goto('/');
  await page.getByLabel('E-mail').fill(emailOf(role));
  await page.getByLabel('Password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('navigation', { name: 'Main' })).toBeVisible();
}
