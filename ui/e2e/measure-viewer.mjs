/*
 * Measures the traces in the real window, and prints the figures with what they must reach:
 *
 *   layout        tree, critical path and self time of 10,000 spans, as the page measures it itself
 *   first paint   of that trace, from its reply and from the click until its rows have been drawn
 *   scroll        that trace from top to bottom and back: frames that were late, beside those of a page at rest, the
 *                 script of a frame, and its script, layout and drawing together
 *   reels         frames of the machine while it spins, without and with 50 traces a second coming in
 *   input delay   from a key until the list handles it, with 1,000 traces and 50 a second coming in
 *   readable      from the end of a spin until its waterfall is drawn; it is opened as soon as it can be
 *
 * Scroll and reels are measured once more in Chromium, where there is one. scripts/measure-viewer.sh runs it.
 */
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { findChromium, openChromium } from './chromium.mjs';
import { hex, send, sendLargeTrace, transaction } from './envelopes.mjs';
import {
  at,
  figures,
  inPage,
  late,
  mean,
  spinningReels,
  tell,
  tellReels,
  TOOLS,
} from './measuring.mjs';
import { openWindow, ownPlace, until } from './real-window.mjs';

const SPANS = 10_000;
const TRACES = 1_000;
const PER_SECOND = 50;
const KEYS = 60;
const SPINS = 10;
/** Number of frames for each figure about frames. */
const FRAMES = 300;
/** Number of spins for each figure about the reels. */
const REEL_SPINS = 6;
test('the figures of the traces', { timeout: 400_000 }, async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.driver.manage().setTimeouts({ script: 60_000 });
  await page.ready();
  const { collector_dsn: dsn } = await page.fetched('/api/settings');

  const window = { name: 'window', run: (body) => inPage(page, body) };
  await spins(page);
  const id = await largeTrace(page, dsn);
  await scrolling(window, id);
  await reels(window, dsn);
  await busyList(page, dsn);

  const agents = [await page.driver.executeScript('return navigator.userAgent')];
  const program = findChromium();
  if (program) agents.push(await inChromium(program, page, dsn, id));

  process.stdout.write(`\n${agents.join('\n')}\n`);
  console.table(figures);
});

/** Measures the figures about frames in Chromium with the same program. Returns the browser's version. */
async function inChromium(program, page, dsn, id) {
  const address = new URL('/', await page.driver.getCurrentUrl()).href;
  const cookies = await page.driver.manage().getCookies();
  // A page at rest, so that the window draws as little as possible meanwhile.
  await page.click('nav-settings');
  const browser = await openChromium(program, { address, cookies, size: [1280, 800] });
  try {
    const chromium = {
      name: 'Chromium',
      run: (body) => browser.evaluate(`(async () => { ${TOOLS} ${body} })()`),
    };
    await chromium.run(
      `while (document.querySelector('[data-test="reels"]')?.dataset.state !== 'idle') await frame();`,
    );
    await reels(chromium, dsn);
    await scrolling(chromium, id);
    return await browser.evaluate('navigator.userAgent');
  } finally {
    await browser.close();
  }
}

async function largeTrace(page, dsn) {
  const id = await sendLargeTrace(dsn, SPANS);
  await page.click('nav-traces');
  await until('the large trace in the list', () =>
    page.driver.executeScript(`return !!document.querySelector('a[href="/traces/${id}"]')`),
  );
  const shown = await inPage(
    page,
    `const link = document.querySelector('a[href="/traces/${id}"]');
     const clicked = performance.now();
     link.click();
     while (!document.querySelector('[data-test="span-row"]')) await frame();
     // A frame is on the screen when the next one begins.
     await frame();
     const drawn = performance.now();
     const reply = performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/traces/${id}')).at(-1);
     return {
       layout: performance.getEntriesByName('trace-layout').at(-1).duration,
       fromClick: drawn - clicked,
       fromReply: drawn - reply.responseEnd,
       spans: Number(document.querySelector('[role=treegrid]').getAttribute('aria-rowcount')) - 1,
       bytes: reply.decodedBodySize,
     };`,
  );
  tell(`layout of ${shown.spans} spans`, shown.layout, 'ms', 100);
  tell('first paint, from the reply', shown.fromReply, 'ms', 300);
  tell(
    `first paint, from the click (${Math.round(shown.bytes / 1e6)} MB of JSON to fetch)`,
    shown.fromClick,
    'ms',
  );

  return id;
}

/** Scrolls through the large trace, and measures as many frames of a page at rest. */
async function scrolling({ name, run }, id) {
  const measured = (step) => `
    await open('/traces/${id}');
    while (!document.querySelector('[data-test="span-row"]')) await frame();
    const grid = document.querySelector('[role=treegrid]');
    return watchFrames(${FRAMES}, (number) => { ${step} });`;
  const rest = await run(measured(''));
  const scrolled = await run(
    measured(`grid.scrollTop += number < ${FRAMES / 2} ? 120 : -120; return grid.scrollTop;`),
  );
  const tellOf = (what, frames, restFrames) => {
    const times = frames.map(({ time }) => time);
    tell(`${name}: frame ${what}, P50`, at(times, 50), 'ms');
    tell(`${name}: frame ${what}, P95`, at(times, 95), 'ms');
    tell(
      `${name}: script of a frame ${what}, mean`,
      mean(frames.map(({ script }) => script)),
      'ms',
    );
    const work = frames.map(({ work }) => work);
    tell(`${name}: script, layout and drawing of a frame ${what}, P50`, at(work, 50), 'ms');
    tell(`${name}: the same, P95`, at(work, 95), 'ms');
    const most = restFrames && late(restFrames);
    tell(`${name}: frames late ${what}, of ${frames.length}`, late(frames), '', most);
  };
  tellOf('at rest', rest);
  tellOf('while scrolling', scrolled, rest);
}

/** Spins without and with traces of other services. */
async function reels({ name, run }, dsn) {
  tellReels(name, 'without a feed', await run(spinningReels(REEL_SPINS)));
  const feed = startFeed(dsn);
  const busy = await run(spinningReels(REEL_SPINS));
  tellReels(name, `with ${Math.round(await feed.end())} traces a second`, busy);
}

/** Sends `rate` traces a second until it is stopped; then returns the actual rate. */
function startFeed(dsn) {
  let going = true;
  let sent = 0;
  const begun = Date.now();
  const sending = (async () => {
    while (going) {
      await Promise.all(Array.from({ length: PER_SECOND / 10 }, () => small(dsn)));
      sent += PER_SECOND / 10;
      await pause(Math.max(0, begun + (sent / PER_SECOND) * 1000 - Date.now()));
    }
    return sent / ((Date.now() - begun) / 1000);
  })();
  return {
    end: () => {
      going = false;
      return sending;
    },
  };
}

async function busyList(page, dsn) {
  for (let sent = 0; sent < TRACES; sent += 50)
    await Promise.all(Array.from({ length: 50 }, () => small(dsn)));
  await page.click('nav-traces');
  await until(
    'the full list',
    async () =>
      Number((await page.attribute('list-count', 'textContent')).replace(/\D/g, '')) >= TRACES,
  );
  await page.driver.executeScript(`
    window.delays = [];
    addEventListener('keydown', ({ timeStamp }) => {
      const handled = performance.now();
      requestAnimationFrame(() => setTimeout(() => delays.push({ handled: handled - timeStamp, drawn: performance.now() - timeStamp })));
    }, true);
  `);
  const feed = startFeed(dsn);
  for (let key = 0; key < KEYS; key += 1) {
    await page.press(key % 2 === 0 ? 'j' : 'k');
    await pause(100);
  }
  const rate = await feed.end();
  const delays = await page.driver.executeScript('return delays');
  const handled = delays.map((each) => each.handled);
  tell(`input delay with ${Math.round(rate)} traces a second, P95`, at(handled, 95), 'ms', 50);
  tell('input delay, worst', at(handled, 100), 'ms', 50);
  tell(
    'from a key to the next frame, P95',
    at(
      delays.map((each) => each.drawn),
      95,
    ),
    'ms',
  );
}

async function spins(page) {
  const times = [];
  for (let spin = 0; spin < SPINS; spin += 1) {
    await page.ready();
    const { id, drawn } = await inPage(
      page,
      `document.querySelector('[data-test=spin]').click();
       const strip = document.querySelector('[data-test=spin-path]');
       while (strip.dataset.whole === 'true') await frame();
       while (strip.dataset.whole !== 'true') await frame();
       const id = strip.getAttribute('href').split('/').at(-1);
       strip.click();
       while (!document.querySelector('[data-test="span-row"]')) await frame();
       await frame();
       return { id, drawn: Date.now() };`,
    );
    const { spans } = await page.fetched(`/api/telemetry/traces/${id}`);
    const root = spans.find(({ parent_span_id }) => parent_span_id === undefined);
    times.push(drawn - root.end_us / 1000);
    await page.click('nav-machine');
  }
  tell(`spin to readable waterfall, median of ${SPINS}`, at(times, 50), 'ms', 500);
  tell('spin to readable waterfall, worst', at(times, 100), 'ms', 500);
}

function small(dsn) {
  const end = Date.now() / 1000;
  return send(
    dsn,
    transaction({
      trace: hex(32),
      name: 'GET /things',
      service: 'my-service',
      start: end - Math.random() / 10,
      end,
    }),
  );
}
