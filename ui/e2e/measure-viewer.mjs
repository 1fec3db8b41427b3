/*
 * Measures the traces in the real window, and prints the figures with what they must reach:
 *
 *   layout        tree, critical path and self time of 10,000 spans, as the page measures it itself
 *   first paint   of that trace, from its reply and from the click until its rows have been drawn
 *   scroll        frames while that trace is scrolled from top to bottom and back
 *   input delay   from a key until the list handles it, with 1,000 traces and 50 a second coming in
 *   readable      from the end of a spin until its waterfall is drawn; it is opened as soon as it can be
 *
 * scripts/measure-viewer.sh runs it.
 */
import test from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { hex, send, sendLargeTrace, transaction } from './envelopes.mjs';
import { openWindow, ownPlace, until } from './real-window.mjs';

const SPANS = 10_000;
const TRACES = 1_000;
const PER_SECOND = 50;
const KEYS = 60;
const SPINS = 10;

const figures = [];

test('the figures of the traces', { timeout: 300_000 }, async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.driver.manage().setTimeouts({ script: 60_000 });
  await page.ready();
  const { collector_dsn: dsn } = await page.fetched('/api/settings');

  await spins(page);
  await largeTrace(page, dsn);
  await busyList(page, dsn);

  process.stdout.write(`\n${await page.driver.executeScript('return navigator.userAgent')}\n`);
  console.table(figures);
});

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
     // What was drawn in this frame is on the screen with the next one.
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

  const frames = await inPage(
    page,
    `const grid = document.querySelector('[role=treegrid]');
     const times = [];
     let last = await frame();
     for (const direction of [1, -1]) {
       for (let step = 0; step < 150; step += 1) {
         grid.scrollTop += direction * 120;
         const now = await frame();
         times.push(now - last);
         last = now;
       }
     }
     return times;`,
  );
  const resting = await inPage(
    page,
    `const times = [];
     let last = await frame();
     for (let step = 0; step < 300; step += 1) {
       const now = await frame();
       times.push(now - last);
       last = now;
     }
     return times;`,
  );
  // A screen of 60 frames a second is late when it misses one: the machine misses some by itself.
  const late = (times) => times.filter((each) => each > 25).length;
  tell('frame at rest, median', at(resting, 50), 'ms');
  tell('frame while scrolling, median', at(frames, 50), 'ms');
  tell('frame while scrolling, P95', at(frames, 95), 'ms');
  tell(`frames late at rest, of ${resting.length}`, late(resting), '');
  tell(`frames late while scrolling, of ${frames.length}`, late(frames), '', late(resting));
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
  let going = true;
  let came = 0;
  const feed = (async () => {
    const begun = Date.now();
    while (going) {
      await Promise.all(Array.from({ length: PER_SECOND / 10 }, () => small(dsn)));
      came += PER_SECOND / 10;
      await pause(Math.max(0, begun + (came / PER_SECOND) * 1000 - Date.now()));
    }
    return came / ((Date.now() - begun) / 1000);
  })();
  for (let key = 0; key < KEYS; key += 1) {
    await page.press(key % 2 === 0 ? 'j' : 'k');
    await pause(100);
  }
  going = false;
  const rate = await feed;
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

/** Runs the body of an async function in the page; `frame()` waits for the next frame and tells its time. */
async function inPage(page, body) {
  const answer = await page.driver.executeAsyncScript(`
    const done = arguments[arguments.length - 1];
    const frame = () => new Promise((next) => requestAnimationFrame(next));
    (async () => { ${body} })().then((value) => done({ value }), (error) => done({ error: String(error) }));
  `);
  if (answer.error) throw new Error(answer.error);
  return answer.value;
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

/** Nearest rank. */
function at(values, percent) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(Math.ceil((percent / 100) * sorted.length) - 1, 0)];
}

function tell(what, value, unit, most) {
  const rounded = Math.round(value * 10) / 10;
  figures.push({
    what,
    measured: unit === '' ? rounded : `${rounded} ${unit}`,
    ...(most === undefined ? {} : { 'at most': most, reached: value <= most }),
  });
}
