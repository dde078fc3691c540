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

/** What people wait between two touches, more or less: a program keeps a constant pace, and is told by it. */
const PAUSES = [700, 2100, 1200, 1800, 900, 2600, 1500];

/** Reads for this long, touching the bar at the top now and then, where a tap opens nothing. */
export async function read(page: Page, milliseconds: number): Promise<void> {
  const end = Date.now() + milliseconds;
  for (let turn = 0; Date.now() < end; turn++) {
    await page.touchscreen.tap(90 + ((turn * 7) % 23), 26 + (turn % 4));
    await page.waitForTimeout(Math.min(PAUSES[turn % PAUSES.length]!, Math.max(0, end - Date.now())));
  }
}
