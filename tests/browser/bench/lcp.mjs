// How soon the first page of a link is there on a slow phone: 150 ms to the server and back, 1.6 Mbit/s, a quarter of
// this machine's speed, nothing in the cache. Prints each load and the median; asserts nothing, because seconds depend on
// the machine.
//
//     node bench/lcp.mjs http://127.0.0.1:8080/p/TOKEN [LOADS]

import { chromium } from '@playwright/test';

const [url, loads = '5'] = process.argv.slice(2);
if (!url) {
  console.error('Say which link: node bench/lcp.mjs http://127.0.0.1:8080/p/TOKEN');
  process.exit(2);
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
});
const times = [];
for (let load = 0; load < Number(loads); load += 1) {
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', {
    offline: false,
    latency: 150,
    downloadThroughput: 1_600_000 / 8,
    uploadThroughput: 750_000 / 8,
  });
  await session.send('Emulation.setCPUThrottlingRate', { rate: 4 });
  let requests = 0;
  let bytes = 0;
  session.on('Network.requestWillBeSent', () => (requests += 1));
  session.on('Network.loadingFinished', (done) => (bytes += done.encodedDataLength));
  await page.goto(url, { waitUntil: 'load' });
  const largest = await page.evaluate(
    () =>
      new Promise((resolve) => {
        let last = { startTime: 0, element: null };
        new PerformanceObserver((list) => (last = list.getEntries().at(-1) ?? last)).observe({ type: 'largest-contentful-paint', buffered: true });
        setTimeout(() => resolve({ ms: last.startTime, what: last.element?.tagName ?? '' }), 1500);
      }),
  );
  times.push(largest.ms);
  console.log(`${Math.round(largest.ms)} ms (${largest.what}), ${requests} requests, ${Math.round(bytes / 1024)} KB`);
  await context.close();
}
await browser.close();
times.sort((a, b) => a - b);
console.log(`median of ${times.length}: ${Math.round(times[Math.floor(times.length / 2)])} ms`);
