/*
 * Every screen of the page in every supported size and in each language: nothing is cut, overlaps, is unreachable or
 * hard to read. In Chromium, which is fast enough for all combinations.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { pathToFileURL } from 'node:url';
import { needChromium, openChromium } from './chromium.mjs';
import { sendFailedPayment } from './failed-payments.mjs';
import { LANGUAGES } from './languages.mjs';
import { ownPlace, serve, speaking, until } from './real-window.mjs';
import { click, faultsIn, go, inPage, picture, there, views } from './sizes.mjs';

/** Lengthened English, whose words are longer than those of the present languages. */
const PSEUDO = 'en-XA';
/** Every screen: how it is opened, and an element that it contains. */
const SCREENS = [
  { name: 'machine', open: go('/') + click('tab-problems'), there: 'problem-missing-index' },
  {
    name: 'more-faults',
    open: `document.querySelector('[data-test="more-faults"]').open = true;` + click('reset'),
    there: 'reset-question',
  },
  { name: 'rounds', open: click('tab-rounds'), there: 'round-row' },
  { name: 'round', open: click('round-row'), there: 'round-detail' },
  { name: 'paytable', open: click('tab-paytable'), shows: 'rs-paytable-tab .lines' },
  { name: 'par-sheet', open: click('tab-par'), there: 'strips-toggle' },
  { name: 'strips', open: click('strips-toggle'), shows: '.strips' },
  {
    name: 'account',
    open: click('tab-problems') + click('account'),
    there: 'account-input',
    close: click('account'),
  },
  {
    name: 'keys',
    open: click('help'),
    there: 'key-list',
    close: `document.querySelector('dialog[open]').close();`,
  },
  { name: 'traces', open: go('/traces'), there: 'trace-row' },
  { name: 'traces-filtered', open: go('/traces?outcome=failed&by=people'), there: 'clear-filters' },
  { name: 'trace', open: ({ trace }) => go(`/traces/${trace}`), there: 'span-row' },
  {
    name: 'span',
    open: `document.querySelectorAll('[data-test="span-row"]')[4].dispatchEvent(new MouseEvent('click', { bubbles: true }));`,
    there: 'details',
  },
  {
    name: 'compare',
    open: ({ trace, other }) => go(`/traces/${other}/with/${trace}`),
    there: 'pair-row',
  },
  { name: 'issues', open: go('/issues'), there: 'issue-row' },
  { name: 'issue', open: ({ issue }) => go(`/issues/${issue}`), there: 'issue-bars' },
  { name: 'map', open: go('/map'), there: 'map-calls' },
  { name: 'map-databases', open: click('map-databases'), there: 'node-user-service/polodb' },
  { name: 'business', open: go('/business/money'), there: 'money-chart' },
  { name: 'impact', open: go('/business') + click('impact-figures'), there: 'impact-table' },
  { name: 'daily-report', open: go('/business/report'), there: 'report-from-totals' },
  { name: 'releases', open: go('/business/releases'), there: 'releases-table' },
  { name: 'calculator', open: go('/business/calculator'), there: 'value-chart' },
  { name: 'delivery', open: go('/delivery'), there: 'envelope' },
  { name: 'envelope', open: click('envelope'), there: 'envelope-detail' },
  { name: 'settings', open: go('/settings'), there: 'collector-dsn' },
];

test('every screen is right in every size', async (t) => {
  const place = ownPlace(t);
  const address = await serve(place, ['--demo', '--problem', 'slow-provider=off']);
  const page = await openChromium(needChromium(), { address, cookies: [], size: [1280, 800] });
  place.closers.push(() => page.close());
  const facts = await played(page);

  const all = [];
  for (const lang of [...LANGUAGES, PSEUDO]) {
    // Only the address can request this language.
    if (lang === PSEUDO) await page.evaluate(`location.assign('/?language=${lang}')`);
    else await page.evaluate(inPage(speaking(lang)));
    await until(`the page in ${lang}`, () =>
      page.evaluate(`document.documentElement.lang === '${lang}' && ${there('language')}`),
    );
    for (const screen of SCREENS) {
      const open = typeof screen.open === 'function' ? screen.open(facts) : screen.open;
      await page.resize(1280, 800);
      await page.evaluate(inPage(open));
      await until(`${screen.name} in ${lang}`, () =>
        page.evaluate(
          `document.documentElement.lang === '${lang}' && !!document.querySelector('${screen.shows ?? `[data-test="${screen.there}"]`}')`,
        ),
      );
      for (const view of views) {
        const size = `${view.width}×${view.height}${view.rem ? ` with a rem of ${view.rem}` : ''}`;
        const faults = await faultsIn(page, view, screen.name);
        all.push(...faults.map((fault) => `${screen.name}-${lang} ${size}: ${fault}`));
        if (faults.length > 0)
          await picture(page, `${screen.name}-${lang}-${size.replaceAll(' ', '-')}`);
      }
      if (screen.close) await page.evaluate(inPage(screen.close));
    }
  }
  assert.equal(all.length, 0, `\n${all.join('\n')}`);

  // Tooltips are reachable by keyboard: every stop of a page gets the focus and shows its tooltip.
  await page.resize(1280, 800);
  await page.evaluate(inPage(go('/business') + click('impact-figures')));
  await until('the table', () => page.evaluate(there('impact-table')));
  const stops = await page.evaluate(
    `new Set([...document.querySelectorAll('[data-tip-stop]')].map(({ dataset }) => dataset.tip)).size`,
  );
  const told = new Set();
  await until('every stop to have been come to', async () => {
    await page.press('Tab', 9);
    const title = await page.evaluate(
      `document.activeElement.matches('[data-tip-stop]') ? document.activeElement.dataset.tip : null`,
    );
    if (title === null) return false;
    told.add(title);
    await until(`“${title}” to be shown`, async () => (await tip(page)).includes(title));
    return told.size === stops;
  });
  await page.press('Escape', 27);
  await until('it to be gone', async () => (await tip(page)) === '');
});

const tip = (page) => page.evaluate(`document.querySelector('[data-test="tip"]').innerText.trim()`);

test('what the page says when something is wrong is right in every size', async (t) => {
  const place = ownPlace(t);
  // The name that the store gives to a damaged database.
  mkdirSync(join(place.dataDir, 'rounds.damaged-1700000000'), { recursive: true });
  const address = await serve(place);
  const endServer = place.closers.at(-1);
  const page = await openChromium(needChromium(), { address, cookies: [], size: [1280, 800] });
  place.closers.push(() => page.close());
  await until('the page', () => page.evaluate(there('spin')));
  /** Requests fail with an unknown stake and a button to retry, which is the longest message of a spin. */
  const unanswered = `
    const fetched = window.fetch;
    window.fetch = (to, how) =>
      /\\/api\\/v1\\/(spins$|rounds\\/)/.test(String(to.url ?? to)) ? Promise.reject(new TypeError('gone')) : fetched(to, how);
  `;
  const all = [];
  const look = async (name, screen) => {
    for (const lang of LANGUAGES) {
      await page.resize(1280, 800);
      await page.evaluate(inPage(speaking(lang)));
      for (const view of views) {
        const faults = await faultsIn(page, view, screen);
        const what = `${name}-${lang}-${view.width}×${view.height}${view.rem ? `-rem-${view.rem}` : ''}`;
        all.push(...faults.map((fault) => `${what}: ${fault}`));
        if (faults.length > 0) await picture(page, what);
      }
    }
  };

  await until('the notice', () => page.evaluate(there('set-aside')));
  await look('set-aside', 'notice');
  await page.evaluate(inPage(click('set-aside-read') + unanswered + click('spin')));
  await until('the message', () => page.evaluate(there('ask-again')));
  await look('no-answer', 'machine');
  assert.ok(await page.evaluate(there('ask-again')), 'the same message in every size');
  await endServer();
  await until('the lost connection to be said', () =>
    page.evaluate(
      `getComputedStyle(document.querySelector('[data-test="connection-lost"]')).visibility === 'visible'`,
    ),
  );
  await look('connection-lost', 'machine');

  assert.equal(all.length, 0, `\n${all.join('\n')}`);
});

test('no link of the header moves when the first start is over, or when an issue opens', async (t) => {
  const address = await serve(ownPlace(t), ['--players', '200000']);
  const page = await openChromium(needChromium(), { address, cookies: [], size: [1280, 800] });
  t.after(() => page.close());
  await until('the progress', () => page.evaluate(there('seeding')));
  // The longest progress, which ends when the test says so.
  await page.evaluate(`
    const fetched = window.fetch;
    window.seeding = { done: 199999, total: 200000 };
    window.fetch = async (to, how) => {
      const reply = await fetched(to, how);
      if (!/health/.test(String(to.url ?? to))) return reply;
      return Response.json({ ...(await reply.json()), seeding: window.seeding });
    };
  `);
  await until('that progress', () =>
    page.evaluate(`/199/.test(document.querySelector('[data-test="seeding"]').textContent)`),
  );
  const all = [];
  const look = async () => {
    const links = {};
    for (const lang of LANGUAGES) {
      await page.evaluate(inPage(speaking(lang)));
      await until(`the page in ${lang}`, () =>
        page.evaluate(`document.documentElement.lang === '${lang}'`),
      );
      for (const view of views.filter(({ rem }) => !rem)) {
        const name = `${lang} ${JSON.stringify(view)}`;
        all.push(...(await faultsIn(page, view, 'header')).map((fault) => `${name}: ${fault}`));
        links[name] = await page.evaluate(
          `[...document.querySelectorAll('header nav a')].map((link) => {
            const { left, top, width } = link.getBoundingClientRect();
            return [left, top, width].map(Math.round).join();
          }).join(' ')`,
        );
      }
    }
    return links;
  };

  const before = await look();
  await page.evaluate(`window.seeding = null`);
  await until('the progress to end', () => page.evaluate(`!${there('seeding')}`));
  const { collector_dsn: dsn } = await page.evaluate(
    `fetch('/api/settings').then((reply) => reply.json())`,
  );
  await sendFailedPayment(dsn, '1.9.0');
  await until('the issue', () => page.evaluate(there('open-issues')));

  assert.deepEqual(await look(), before);
  assert.equal(all.length, 0, `\n${all.join('\n')}`);
});

test('the page of the start is right in every size', async (t) => {
  const splash = join(import.meta.dirname, '../../src-tauri/splash/index.html');
  const address = pathToFileURL(splash).href;
  const page = await openChromium(needChromium(), { address, cookies: [], size: [1280, 800] });
  t.after(() => page.close());
  await until('the page', () => page.evaluate(`typeof say === 'function'`));
  // As long as the notice about a damaged database with a path without spaces.
  const failure = {
    lang: 'ru',
    kind: 'failure',
    title: 'База данных игроков повреждена и сохранена под другим именем',
    sentences: ['Начата новая база данных. '.repeat(6), `/home/${'directory/'.repeat(30)}players`],
    adviceTitle: 'Что делать',
    advice: ['Проверьте диск. '.repeat(5), 'Запустите Reelscope снова.'],
    facts: [
      { name: 'Код выхода', value: '18' },
      { name: 'Файл', value: 'a'.repeat(200) },
    ],
    onward: { label: 'Продолжить', url: '#' },
  };
  const all = [];
  for (const message of [
    { lang: 'en', kind: 'waiting', title: 'Starting the services' },
    failure,
  ]) {
    await page.evaluate(`say(${JSON.stringify(message)})`);
    for (const view of views) {
      const faults = await faultsIn(page, view, 'splash');
      all.push(...faults.map((fault) => `${message.kind} ${JSON.stringify(view)}: ${fault}`));
    }
  }
  assert.equal(all.length, 0, `\n${all.join('\n')}`);
});

/** Spins until every screen has content: rounds, failures, three releases, before and after. Returns the ids that addresses contain. */
async function played(page) {
  const ask = (path, { method = 'GET', body, headers = {} } = {}) =>
    page.evaluate(`fetch(${JSON.stringify(path)}, {
      method: '${method}', headers: ${JSON.stringify({ 'Content-Type': 'application/json', ...headers })},
      body: ${body ? `JSON.stringify(${JSON.stringify(body)})` : 'undefined'},
    }).then((reply) => reply.json())`);
  await until('the page', () => page.evaluate(there('balance')));
  const spins = () =>
    page.evaluate(`document.querySelectorAll('[data-test="recent-spin"]').length`);
  // The last spins are more than fit in a line.
  for (let count = 1; count <= 8; count += 1) {
    await page.evaluate(inPage(click('spin')));
    await until('a spin', async () => (await spins()) >= count);
    await until('the reels', () =>
      page.evaluate(`document.querySelector('[data-test="reels"]').dataset.state === 'idle'`),
    );
  }
  // Spins of the page before and after a fix, for each kind of pair.
  for (const [path, body, problem, side] of [
    ['release', { release: '1.0.0' }, 'all', 'before'],
    ['slow-provider', { state: 'fixed' }, 'slow-provider', 'after'],
    ['release', { release: '1.2.0' }, 'all', 'after'],
    ['release', { release: '1.3.0' }, 'payment-errors', 'before'],
  ]) {
    await ask(`/api/faults/${path}`, { method: 'PUT', body });
    await page.evaluate(inPage(click('spin')));
    await until(`${problem} ${side}`, async () => {
      const { pairs } = await ask('/api/faults/figures');
      return pairs.find((pair) => pair.problem === problem)[side];
    });
    await until('the reels', () =>
      page.evaluate(`document.querySelector('[data-test="reels"]').dataset.state === 'idle'`),
    );
  }
  const { token } = await ask('/api/v1/sessions', {
    method: 'POST',
    body: { account_code: 'RS-000001' },
  });
  for (const version of ['1.0.0', '1.3.0']) {
    const body = { release: version };
    const { release } = await ask('/api/faults/release', { method: 'PUT', body });
    assert.equal(release, version);
    await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        ask('/api/v1/spins', {
          method: 'POST',
          body: { stake: 1000 },
          headers: {
            Authorization: `Bearer ${token}`,
            'Idempotency-Key': `00000000-0000-4000-8000-${version.replaceAll('.', '')}00000000${index}`,
          },
        }),
      ),
    );
  }
  return until('traces and an issue', async () => {
    const { traces } = await ask('/api/telemetry/traces');
    const { issues } = await ask('/api/telemetry/issues');
    const [spin, other] = traces.filter(
      ({ name, root_us }) => name === 'slot-machine-spin' && root_us > 0,
    );
    return (
      issues.length > 0 &&
      other && { trace: spin.trace_id, other: other.trace_id, issue: issues[0].issue_id }
    );
  });
}
