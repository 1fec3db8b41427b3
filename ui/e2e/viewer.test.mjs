/* The traces in the real window: from a spin to its waterfall, by mouse and by keyboard, in both languages. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { By, Key } from 'selenium-webdriver';
import { pathToFileURL } from 'node:url';
import { needChromium, openChromium } from './chromium.mjs';
import { hex, send, sendOddTrace, transaction } from './envelopes.mjs';
import { openWindow, ownPlace, until } from './real-window.mjs';

/** Letters are pressed by their position; WebDriver uses the English layout. */
const STATIONS = [
  'frontend',
  'api-gateway',
  'user-service',
  'game-engine',
  'payment-service',
  'payment-provider',
];

async function spinWithTrace(page) {
  await page.spin(() => page.click('spin'));
  await until(
    'the trace to be whole',
    async () => (await page.attribute('spin-path', 'data-whole')) === 'true',
  );
}

/** The texts of the drawn rows, and whether they are selected. */
function rows(page) {
  return page.driver.executeScript(`
    return [...document.querySelectorAll('[data-test="span-row"]')].map((row) => ({
      key: row.id.replace('row-', ''),
      text: row.querySelector('.label').textContent.trim(),
      kind: row.dataset.kind,
      mark: row.dataset.mark ?? null,
      open: row.getAttribute('aria-expanded'),
      level: Number(row.getAttribute('aria-level')),
      selected: row.getAttribute('aria-selected') === 'true',
    }));
  `);
}

async function selected(page) {
  return (await rows(page)).find((row) => row.selected);
}

function address(page) {
  return page.driver.executeScript('return location.pathname + location.search');
}

test('a spin lights up its way, and a click opens its waterfall', async (t) => {
  const page = await openWindow(ownPlace(t), ['--seed', '6']);
  await page.ready();
  for (const station of STATIONS)
    assert.equal(await page.attribute(`station-${station}`, 'data-state'), 'dark');
  await page.inEach('path-before', { axe: true });
  const reels = await (await page.see('reels')).getRect();

  await spinWithTrace(page);

  for (const station of STATIONS)
    assert.equal(await page.attribute(`station-${station}`, 'data-state'), 'passed');
  const [, total, unit] = (await page.text('spin-time')).match(/^([\d.,]+)\s(ms|s)/);
  const took = Number(total.replace(',', '')) * { ms: 1, s: 1_000 }[unit];
  const told = (await page.text('bottleneck')).match(
    /^(.+?):\s.+\s(?:[\d.,]+\s(?:µs|ms|s), \d+%|\d+%, the rest [\d.,]+\s(?:µs|ms|s))$/s,
  );
  // The longest part is named always, and called a bottleneck only if the spin is slow (spin-path.ts).
  assert.equal(told[1], took >= 500 ? 'Bottleneck' : 'Longest part');
  assert.deepEqual(await (await page.see('reels')).getRect(), reels, 'the reels have not moved');
  await page.inEach('path', { axe: true });

  await page.click('spin-path');
  await page.see('waterfall');
  const { traces } = await page.fetched('/api/telemetry/traces?service=frontend');
  const spin = traces.find(({ name }) => name === 'slot-machine-spin');
  assert.match(await address(page), new RegExp(`^/traces/${spin.trace_id}`));
  // What takes under 1 % is folded, so that the span that took the time is in sight.
  assert.ok(Number(await page.attribute('waterfall', 'aria-rowcount')) < spin.spans + 1);
  assert.ok(
    await page.driver.executeScript(`
      const row = document.querySelector('[data-test="span-row"][aria-selected="true"]').getBoundingClientRect();
      const box = document.querySelector('[data-test="waterfall"]').getBoundingClientRect();
      return row.top >= box.top && row.bottom <= box.bottom + 1;
    `),
    'the row that is selected at first is in sight',
  );
  assert.match(await page.text('trace-rest'), /26 spans · 5 services/);
  assert.match(await page.text('trace-summary'), /(?:frontend|[a-z]+-[a-z]+) \d+%/);
  assert.match(await page.text('trace-summary'), /Stake 10\.00 ₽.*Payout 45\.00 ₽/s);
  const [first] = await rows(page);
  assert.deepEqual([first.text, first.level, first.open], ['slot-machine-spin', 1, 'true']);
  // The row that is selected at first has a share of the critical path.
  assert.match(await page.text('details-facts'), /On the critical path\s*[\d.]+/);
  await page.inEach('waterfall', { axe: true });

  // The metrics of a service in this spin are shown with each of its spans.
  const { metrics, spans } = await page.fetched(`/api/telemetry/traces/${spin.trace_id}`);
  const turnover = metrics.find(({ name }) => name === 'stake');
  const span = spans.find(({ service }) => service === turnover.service);
  // A span with little of the critical path has a row of its own when a link names it.
  await page.click('nav-traces');
  await page.see('trace-row');
  await page.driver.executeScript(
    `history.pushState(null, '', arguments[0]); dispatchEvent(new Event('popstate'));`,
    `/traces/${spin.trace_id}?span=${span.span_id}`,
  );
  await until('the metrics', async () => /stake\s*10/.test(await page.text('details-metrics')));
  await page.driver.executeScript(
    `document.querySelector('[data-test="details-metrics"]').scrollIntoView({ block: 'center' })`,
  );
  await page.inEach('waterfall-metrics', { axe: true });

  await page.click('nav-traces');
  await page.see('trace-row');
  await page.inEach('traces', { axe: true });
  await page.click('outcome-failed');
  await until('the address to say so', async () => /outcome=failed/.test(await address(page)));
});

test('the waterfall by keyboard alone', async (t) => {
  const page = await openWindow(ownPlace(t), ['--seed', '6']);
  await page.ready();
  await spinWithTrace(page);
  await spinWithTrace(page);
  // From the machine Tab reaches the path of the spin, and Enter opens it.
  await until('Tab to come to the way of the spin', async () => {
    await page.press(Key.TAB);
    return (await page.focused()) === 'open-trace';
  });
  await page.press(Key.ENTER);
  await page.see('waterfall');
  const all = Number(await page.attribute('waterfall', 'aria-rowcount'));

  await page.press(Key.HOME);
  assert.equal((await selected(page)).text, 'slot-machine-spin');
  assert.equal(await page.focused(), 'waterfall');
  await page.press('j');
  assert.equal((await selected(page)).text, 'POST /api/v1/spins');
  await page.press('k');
  await page.press(Key.ARROW_DOWN);
  await page.press('h');
  await until(
    'the row to be closed',
    async () => (await page.attribute('waterfall', 'aria-rowcount')) === '3',
  );
  await until('the address to say so', async () => /closed=\w+/.test(await address(page)));
  await page.press('l');
  await until(
    'all rows',
    async () => (await page.attribute('waterfall', 'aria-rowcount')) === String(all),
  );
  await page.press('[');
  await until(
    'the root alone',
    async () => (await page.attribute('waterfall', 'aria-rowcount')) === '2',
  );

  // A search opens its results; without it the rows are as before.
  await page.press('/');
  assert.equal(await page.focused(), 'search');
  await page.press('External payment');
  await until('the hit', async () =>
    (await rows(page)).some(({ text }) => text === 'External payment provider API'),
  );
  await page.press(Key.ENTER);
  assert.match(await page.text('details-title'), /External payment provider API/);
  await page.press(Key.ESCAPE);
  await until(
    'what was before',
    async () => (await page.attribute('waterfall', 'aria-rowcount')) === '2',
  );
  await page.press(']');
  await until(
    'what was folded too',
    async () => Number(await page.attribute('waterfall', 'aria-rowcount')) > all,
  );
  assert.ok((await rows(page)).every(({ open }) => open !== 'false'));

  await page.press('c');
  assert.equal(await page.attribute('toggle-critical', 'aria-pressed'), 'false');
  await page.press('c');
  await page.press('w');
  assert.equal(await page.attribute('toggle-gaps', 'aria-pressed'), 'true');
  await page.press('+');
  await page.see('zoom-reset');
  await until('the zoom in the address', async () => /zoom=\d+-\d+/.test(await address(page)));
  await page.press('0');
  await until('the whole', async () => !(await page.isThere('zoom-reset')));
  await page.press(Key.ENTER);
  await until('the details to have the focus', async () => (await page.focused()) === 'details');
  await page.press(Key.ESCAPE);
  await until('the rows to have it again', async () => (await page.focused()) === 'waterfall');
  await page.press('e');
  await until('a word on errors', async () =>
    /There are no errors in this trace/.test(await page.attribute('trace-notice', 'textContent')),
  );
  await page.press('?');
  await page.see('key-list');
  assert.match(await page.text('key-list'), /Critical path/);
  assert.deepEqual(await page.violations(), []);
  await page.press(Key.ESCAPE);
  await until('the rows to have it once more', async () => (await page.focused()) === 'waterfall');

  // After a reload the page is the same, because the address contains its state.
  await page.press(Key.END);
  let last;
  await until('the last span in the address', async () => {
    // The last row may be a gap, whose key contains colons.
    last = (await rows(page)).at(-1)?.key;
    return (
      (await selected(page))?.key === last &&
      (await address(page)).includes(`span=${encodeURIComponent(last)}`)
    );
  });
  await page.driver.navigate().refresh();
  await page.see('waterfall');
  await until('the same row', async () => (await selected(page))?.key === last);

  await page.press('x');
  const sentence = await page.text('compare-sentence');
  assert.match(sentence, /(faster|slower) \(\d+%\)|the same time/);
  await until('the rows', async () => (await page.count('pair-row')) > 5);
  await page.inEach('compare', { axe: true });
  await page.press(Key.ESCAPE);
  await page.see('waterfall');
});

test('the focus goes with the page, and back to the row that was opened', async (t) => {
  const page = await openWindow(ownPlace(t), ['--seed', '6']);
  await page.ready();
  for (let spin = 0; spin < 3; spin += 1) await spinWithTrace(page);
  const focused = () =>
    page.driver.executeScript(`
      const { localName, textContent } = document.activeElement;
      return localName + ' ' + (localName === 'h1' ? textContent.trim() : '');
    `);
  const outline = () =>
    page.driver.executeScript('return getComputedStyle(document.activeElement).outlineStyle');
  const activeRow = () => page.attribute('trace-list', 'aria-activedescendant');

  await page.click('nav-traces');
  await until('the heading of the list', async () => (await focused()) === 'h1 Traces');
  assert.equal(await outline(), 'none');
  await page.see('trace-row');
  await page.press('j', 'j', 'j');
  const row = await activeRow();
  await page.press(Key.ENTER);
  await until('the heading of the trace', async () => /^h1 ./.test(await focused()));
  assert.equal(`trace-${(await address(page)).split(/[/?]/)[2]}`, row);

  await page.click('back');
  await until('the list again', async () => (await page.focused()) === 'trace-list');
  assert.equal(await activeRow(), row);
  await page.click('nav-traces');
  await page.click('nav-machine');
  await until('the heading of the machine', async () => (await focused()) === 'h1 Reelscope');
  await page.spin(() => page.press(Key.SPACE));
});

test('the waterfall by mouse: zoom, columns, folding', async (t) => {
  const page = await openWindow(ownPlace(t), ['--seed', '6']);
  await page.ready();
  await spinWithTrace(page);
  await page.click('spin-path');
  await page.see('waterfall');
  const map = await page.driver.findElement(By.css('rs-minimap'));
  const drag = (from, to) =>
    page.driver
      .actions()
      .move({ origin: map, x: from, y: 0 })
      .press()
      .move({ origin: map, x: to, y: 0, duration: 50 })
      .release()
      .perform();

  await drag(-200, 100);
  await page.see('zoom-reset');
  const zoom = async () =>
    /zoom=(\d+)-(\d+)/
      .exec(await address(page))
      ?.slice(1)
      .map(Number);
  const [from, to] = await until('the zoom in the address', zoom);
  const { summary } = await page.fetched(
    `/api${(await address(page)).split('?')[0].replace('/', '/telemetry/')}`,
  );
  const { width } = await map.getRect();
  const part = (to - from) / summary.duration_us;
  assert.ok(Math.abs(part - 300 / width) < 0.02, `a drag of 300 of ${width} pixels shows ${part}`);

  // With Ctrl the wheel zooms, and the time at the pointer stays in place.
  await page.driver.executeScript(`
    const box = document.querySelector('.ruler').getBoundingClientRect();
    document.querySelector('[role=treegrid]').dispatchEvent(new WheelEvent('wheel', {
      deltaY: -100, ctrlKey: true, bubbles: true, cancelable: true, clientX: box.left + box.width / 4, clientY: box.top + 60,
    }));
  `);
  const [closerFrom, closerTo] = await until('a closer look', async () => {
    const now = await zoom();
    return now && now[1] - now[0] < to - from && now;
  });
  const fixed = from + (to - from) / 4;
  assert.ok(Math.abs(closerFrom + (closerTo - closerFrom) / 4 - fixed) <= (to - from) / 100);

  // With Shift the wheel moves the view and keeps its width. (WebKit's driver ignores modifiers of wheels.)
  await page.driver.executeScript(`
    document.querySelector('[role=treegrid]').dispatchEvent(new WheelEvent('wheel', {
      deltaY: 60, shiftKey: true, bubbles: true, cancelable: true,
    }));
  `);
  const [later, end] = await until('a later look', async () => {
    const now = await zoom();
    return now && now[0] > closerFrom && now;
  });
  assert.ok(Math.abs(end - later - (closerTo - closerFrom)) <= 2);
  await page.driver.actions().doubleClick(map).perform();
  await until('the whole', async () => !(await page.isThere('zoom-reset')));

  const line = await page.see('resize-name');
  const before = Number(await line.getAttribute('aria-valuenow'));
  await page.driver.actions().dragAndDrop(line, { x: 80, y: 0 }).perform();
  const wider = Number(await line.getAttribute('aria-valuenow'));
  assert.ok(wider > before + 3, `${before} became ${wider}`);
  await page.driver.executeScript('arguments[0].focus()', line);
  await page.press(Key.ARROW_LEFT);
  assert.equal(Number(await line.getAttribute('aria-valuenow')), wider - 1);

  await page.click('fold');
  assert.equal(await page.attribute('waterfall', 'aria-rowcount'), '2');
});

test('the link into Sentry says what it needs, and leads to the trace', async (t) => {
  const page = await openWindow(ownPlace(t), ['--seed', '6']);
  await page.ready();
  const set = (change) =>
    page.driver.executeAsyncScript(
      `const done = arguments[arguments.length - 1];
       fetch('/api/settings', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(arguments[0]) })
         .then((reply) => done(reply.status));`,
      change,
    );
  await spinWithTrace(page);
  await page.click('spin-path');
  assert.match(await page.text('set-sentry'), /set a DSN/);
  // The envelopes are kept and not sent, because that host does not exist.
  const dsn = 'https://0123456789abcdef0123456789abcdef@o1.ingest.sentry.io/7';
  assert.equal(await set({ sending: false, dsn }), 200);
  await page.driver.navigate().refresh();
  assert.match(await page.text('set-sentry'), /set the organization/);
  assert.equal(await set({ organization: 'casino' }), 200);
  await page.driver.navigate().refresh();
  const id = (await address(page)).split(/[/?]/)[2];
  assert.equal(
    await page.attribute('open-sentry', 'href'),
    `https://casino.sentry.io/explore/traces/trace/${id}/`,
  );

  await page.driver.executeScript(`
    history.pushState(null, '', '/traces/ffffffffffffffffffffffffffffffff');
    dispatchEvent(new PopStateEvent('popstate'));
  `);
  assert.match(await page.text('trace-unknown'), /No trace with this ID/);
});

test('any two are compared from the list', async (t) => {
  const page = await openWindow(ownPlace(t), ['--seed', '6']);
  await page.ready();
  for (let spin = 0; spin < 3; spin += 1) await spinWithTrace(page);
  await page.click('nav-traces');
  await page.see('trace-row');
  // A click of the script leaves the focus in the list.
  await page.driver.executeScript(`document.querySelector('[data-test="what-all"]').click()`);
  await page.see('filter-name');
  await page.driver.executeScript(`
    const names = document.querySelector('[data-test="filter-name"]');
    names.value = 'slot-machine-spin';
    names.dispatchEvent(new Event('change', { bubbles: true }));
  `);
  await until('the spins alone', async () => (await page.count('trace-row')) === 3);
  await page.press('j', 'x');
  await page.see('picked');
  await page.press('j', 'j', 'x');
  await page.see('compare-sentence');
  const [, , before, , after] = (await address(page)).split('/');
  const { traces } = await page.fetched('/api/telemetry/traces?service=frontend');
  const spins = traces
    .filter(({ name }) => name === 'slot-machine-spin')
    .map(({ trace_id }) => trace_id);
  assert.deepEqual([after, before], [spins[0], spins[2]], 'the earlier one is before');
});

test('the list is live, and stays where the reader is', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  const { collector_dsn: dsn } = await page.fetched('/api/settings');
  const sendSome = async (count) => {
    for (let number = 0; number < count; number += 1) {
      const end = Date.now() / 1000;
      const service = 'my-service';
      await send(
        dsn,
        transaction({ trace: hex(32), name: `call ${number}`, service, start: end - 0.01, end }),
      );
    }
  };
  await sendSome(60);
  await page.driver.executeScript(`
    history.pushState(null, '', '/traces?service=my-service');
    dispatchEvent(new PopStateEvent('popstate'));
  `);
  const count = async () => Number(await page.attribute('list-count', 'textContent'));
  await until('all of them', async () => (await count()) === 60);
  await sendSome(1);
  await until('one more at the top', async () => (await count()) === 61);
  // WebDriver treats a text that may be cut as hidden and returns an empty one.
  const top = async () => (await page.attribute('trace-link', 'textContent')).trim();
  assert.equal(await top(), 'call 0');

  const list = await page.see('trace-list');
  await page.driver.executeScript('arguments[0].scrollTop = 900', list);
  const inSight = () =>
    page.driver.executeScript(`
      const head = document.querySelector('.head').getBoundingClientRect().bottom;
      return [...document.querySelectorAll('[data-test="trace-row"]')]
        .find((row) => row.getBoundingClientRect().top >= head).id;
    `);
  await until('other rows', async () => !/^$/.test(await inSight()));
  const before = await inSight();
  await sendSome(5);
  await until('a word on what is new', async () => (await page.text('newer')) === '↑ 5 new');
  assert.equal(await inSight(), before, 'no row moves under the reader');
  await page.screenshot('traces-newer');
  await page.click('newer');
  await until('the newest', async () => (await top()) === 'call 4');
  assert.equal(await page.isThere('newer'), false);

  await page.driver.executeScript(`
    const player = document.querySelector('[data-test="filter-player"]');
    player.value = 'nobody';
    player.dispatchEvent(new Event('change', { bubbles: true }));
  `);
  await until('an empty list', async () => (await page.count('trace-row')) === 0);
  await page.inEach('traces-empty', { axe: true });
  await page.click('clear-filters');
  await page.see('trace-row');
});

test('an odd trace of somebody else is shown sanely, and no markup is followed', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  const { collector_dsn } = await page.fetched('/api/settings');
  const id = await sendOddTrace(collector_dsn);
  await page.click('nav-traces');
  await page.click('what-all');
  await until('the trace in the list', async () => {
    const [link] = await page.driver.findElements(By.css(`a[href="/traces/${id}"]`));
    return link && (await link.click(), true);
  });
  await page.see('waterfall');
  const seen = await rows(page);
  assert.ok(seen.some(({ text }) => text.includes('<img src=x onerror=alert(1)>')));
  assert.ok(seen.some(({ kind, text }) => kind === 'group' && text.startsWith('12 × SELECT')));
  const markup = await page.driver.executeScript(
    `return document.querySelectorAll('rs-trace-page img, rs-trace-page script, rs-trace-page [onclick]').length`,
  );
  assert.equal(markup, 0);
  assert.match(await page.text('trace-odd'), /clock skew.*Parent span is missing/s);
  // The failure is selected first: the client span, with the name of its peer.
  assert.match(await page.text('details-facts'), /rates\.example[\s\S]*deadline_exceeded/);
  assert.equal(seen[0].mark, 'below');
  await page.speak('en');
  for (const word of [
    'Parent span is missing',
    'form a cycle',
    'the same ID',
    'Ends before it starts',
    'less than a microsecond',
    'background work',
  ])
    assert.ok(
      await page.driver.executeScript(
        `return [...document.querySelectorAll('.oddity')].some(({ dataset }) => dataset.tip?.includes(arguments[0]))`,
        word,
      ),
      word,
    );
  await page.inEach('odd', { axe: true });
});

test('whose trace it is, and what went on in the background, are told in the list and above the waterfall', async (t) => {
  const page = await openWindow(ownPlace(t), ['--seed', '6']);
  await page.ready();
  await spinWithTrace(page);
  const { collector_dsn: dsn } = await page.fetched('/api/settings');
  const [trace, root] = [hex(32), hex(16)];
  const start = Date.now() / 1000 - 5;
  const tags = { traffic: 'virtual' };
  const user = { id: 'virtual-017' };
  const service = 'shop';
  await send(
    dsn,
    transaction({ trace, id: root, name: 'buy', service, start, end: start + 0.1, tags, user }),
  );
  await send(
    dsn,
    transaction({
      trace,
      parent: root,
      name: 'settle',
      service: 'shop-payments',
      start: start + 0.1,
      end: start + 4,
      tags,
    }),
  );
  await page.click('nav-traces');
  await page.click('what-all');
  await page.see('filter-by');
  const by = (value) =>
    page.driver.executeScript(
      `
        const by = document.querySelector('[data-test="filter-by"]');
        by.value = arguments[0];
        by.dispatchEvent(new Event('change', { bubbles: true }));
      `,
      value,
    );
  await until('both parts', async () => (await page.count('virtual')) === 1);
  await page.inEach('traces-virtual', { axe: true });
  await by('people');
  await until('none of them', async () => (await page.count('virtual')) === 0);
  assert.notEqual(await page.count('trace-row'), 0);
  assert.match(await address(page), /by=people/);
  await by('virtual');
  await until('only them', async () => (await page.count('trace-row')) === 1);
  await page.speak('en');
  assert.equal(await page.text('list-p50'), '100 ms');
  assert.equal(
    await page.attribute('trace-link', 'data-tip'),
    'buy · 100\u00a0ms + 3.90\u00a0s in the background',
  );
  await page.click('trace-link');
  await page.see('waterfall');
  assert.match(await page.text('trace-summary'), /^100 ms/);
  assert.match(await page.text('trace-rest'), /^\+ 3\.90 s in the background · 2 spans/);
  // The axis ends with the response; what came later is a row below, and a click shows all of it.
  assert.deepEqual(
    (await rows(page)).map(({ kind }) => kind),
    ['span', 'group'],
  );
  await page.click('beyond');
  await until('the whole trace', async () => !(await page.isThere('beyond')));
  await page.press('0');
  await page.see('beyond');
  assert.match(await page.text('trace-player'), /^Virtual player virtual-017$/);
  await page.inEach('trace-background', { axe: true });
});

test('closing what a search has opened closes it, and leaves the rest as it was', async (t) => {
  const page = await openWindow(ownPlace(t), ['--seed', '6']);
  await page.ready();
  await spinWithTrace(page);
  await page.click('spin-path');
  await page.see('waterfall');
  await page.driver.executeScript(`document.querySelector('[data-test="waterfall"]').focus()`);
  await page.press('[');
  await until('the root alone', async () => (await rows(page)).length === 1);
  await (await page.see('search')).sendKeys('payment-service');
  await until('what was searched for', async () => (await rows(page)).length > 2);
  await page.click('fold');
  await until('the root alone again', async () => (await rows(page)).length === 1);
  await page.driver.executeScript(`document.querySelector('[data-test="search"]').focus()`);
  await page.press(Key.ESCAPE);
  await until('no search', async () => (await page.attribute('search', 'value')) === '');
  assert.deepEqual(
    (await rows(page)).map(({ open }) => open),
    ['false'],
  );
});

test('a trace is saved as JSON and as a page of its own, which opens from the disk', async (t) => {
  const place = ownPlace(t);
  const downloads = join(place.root, 'downloads');
  mkdirSync(downloads);
  writeFileSync(
    join(place.env.XDG_CONFIG_HOME, 'user-dirs.dirs'),
    `XDG_DOWNLOAD_DIR="${downloads}"\n`,
  );
  const page = await openWindow(place, ['--seed', '6']);
  await page.ready();
  await spinWithTrace(page);
  await page.click('spin-path');
  await page.see('waterfall');
  for (const kind of ['json', 'html']) {
    await page.click(`export-${kind}`);
    const name = await until(`the ${kind}`, () =>
      readdirSync(downloads).find((each) => each.endsWith(`.${kind}`)),
    );
    const text = await until('all of it', () => {
      const found = readFileSync(join(downloads, name), 'utf8');
      return (kind === 'json' ? found.trim().endsWith('}') : found.includes('</html>')) && found;
    });
    if (kind === 'json') {
      assert.equal(JSON.parse(text).summary.name, 'slot-machine-spin');
      continue;
    }
    assert.match(text, /default-src 'none'/);
    const saved = await openChromium(needChromium(), {
      address: pathToFileURL(join(downloads, name)).href,
      cookies: [],
      size: [1280, 800],
    });
    try {
      const seen = await until('the saved page', async () => {
        const found = await saved.evaluate(`(() => {
          if (document.readyState !== 'complete' || location.protocol !== 'file:') return null;
          const [root] = document.querySelectorAll('details');
          root.open = true;
          return {
            name: document.querySelector('h1').textContent,
            rows: [...document.querySelectorAll('details > summary')]
              .filter((row) => row.getBoundingClientRect().height > 0).length,
            bars: [...document.querySelectorAll('.bars > i:not(.path)')]
              .filter((bar) => bar.getBoundingClientRect().width > 0).length,
            told: root.innerText,
            wide: document.documentElement.scrollWidth > innerWidth,
          };
        })()`);
        return found?.rows > 0 && found;
      });
      const { spans, name: title } = JSON.parse(
        readFileSync(join(downloads, name.replace('.html', '.json')), 'utf8'),
      ).summary;
      assert.deepEqual([seen.name, seen.rows, seen.bars], [title, spans, spans]);
      assert.match(seen.told, /self time/i);
      assert.equal(seen.wide, false, 'nothing is wider than the window');
    } finally {
      await saved.close();
    }
  }
});
