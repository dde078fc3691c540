/** Fingers on a phone's screen: events as the browser itself makes them, not made by a script. */
import type { Page } from '@playwright/test';

/** Drags the page upwards by `distance` pixels. */
export async function swipeUp(page: Page, distance: number): Promise<void> {
  const session = await page.context().newCDPSession(page);
  await session.send('Input.synthesizeScrollGesture', {
    x: 195,
    y: 600,
    yDistance: -distance,
    speed: 900,
    gestureSourceType: 'touch',
    preventFling: true,
  });
  await session.detach();
}

/** Reads for this long, touching the bar at the top now and then, where a tap opens nothing. */
export async function read(page: Page, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds;
  while (Date.now() < end) {
    await page.touchscreen.tap(100, 28);
    await page.waitForTimeout(Math.min(1500, Math.max(0, end - Date.now())));
  }
}
