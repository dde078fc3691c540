/** Watermarks as they are seen: the picture that the browser shows, dot by dot, beside the one without. */
import { expect, type Page } from '@playwright/test';

export type Shown = {
  /** Which of the widths on offer the browser took. */
  width: number;
  /** How bright each dot is, of 255, when the picture is drawn small. */
  dots: number[];
};

/** The picture of the first page. */
export async function shownPicture(page: Page, scripts: boolean): Promise<Shown> {
  const picture = page.locator('#p1 img');
  await expect(picture).toBeVisible();
  const width = (): Promise<number> => picture.evaluate((image: HTMLImageElement) => Number(/w=(\d+)/.exec(image.currentSrc)?.[1] ?? 0));
  // The second script says how wide pictures are, so a phone's browser takes a wider one than before.
  const screen = await picture.evaluate((image) => image.clientWidth * devicePixelRatio);
  if (scripts) await expect.poll(width).toBeGreaterThanOrEqual(screen);
  await expect(picture).toHaveJSProperty('complete', true);
  const dots = await picture.evaluate((image: HTMLImageElement) => {
    const canvas = document.createElement('canvas');
    canvas.width = 400;
    canvas.height = Math.round((400 * image.naturalHeight) / image.naturalWidth);
    const brush = canvas.getContext('2d')!;
    brush.drawImage(image, 0, 0, canvas.width, canvas.height);
    const { data } = brush.getImageData(0, 0, canvas.width, canvas.height);
    return Array.from({ length: data.length / 4 }, (_, at) => (data[at * 4]! + data[at * 4 + 1]! + data[at * 4 + 2]!) / 3);
  });
  return { width: await width(), dots };
}

/** Light words lie over a part of the page. */
export function expectMarked(marked: Shown, plain: Shown): void {
  expect(marked.width).toBe(plain.width);
  const differences = marked.dots.map((dot, at) => Math.abs(dot - plain.dots[at]!));
  const changed = differences.filter((one) => one > 8);
  const part = changed.length / differences.length;
  expect(part, 'how much of the page has words over it').toBeGreaterThan(0.01);
  expect(part, 'how much of the page has words over it').toBeLessThan(0.5);
  const strength = changed.reduce((sum, one) => sum + one, 0) / changed.length;
  expect(strength, 'how strong the words are').toBeLessThan(64);
}
