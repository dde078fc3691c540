/**
 * Pages in a browser that runs no script, as if somebody had switched it off. The context's own setting does that too, but then
 * nobody can switch it on again for axe, which is a script.
 */
import type { BrowserContext, CDPSession, Page } from '@playwright/test';

const switches = new WeakMap<Page, CDPSession>();

export async function scriptlessPage(context: BrowserContext): Promise<Page> {
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  switches.set(page, session);
  await allow(session, false);
  return page;
}

/** Lets scripts run while somebody looks. Those of the page itself do not: they were passed over when it was read. */
export async function withScripts<T>(page: Page, look: () => Promise<T>): Promise<T> {
  const session = switches.get(page);
  if (!session) return look();
  await allow(session, true);
  try {
    return await look();
  } finally {
    await allow(session, false);
  }
}

function allow(session: CDPSession, scripts: boolean): Promise<unknown> {
  return session.send('Emulation.setScriptExecutionDisabled', { value: !scripts });
}
