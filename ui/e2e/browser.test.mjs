/* The page in a browser, as `reelscope serve` serves it. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { LANGUAGES, phrases } from './languages.mjs';
import { needChromium, openChromium } from './chromium.mjs';
import { BINARY, SCREENSHOTS, look, ownPlace, serve, speaking, until } from './real-window.mjs';

/**
 * Number of spins, more than the six connections that a browser keeps to a server: replies that kept theirs open would
 * block the page.
 */
const SPINS = 10;

/** Opens the page of `reelscope serve`, which can be stopped and restarted at the same address. */
async function openBrowser(t, { flags = [], first = '' } = {}) {
  const place = ownPlace(t);
  const address = await serve(place, flags);
  const end = place.closers.at(-1);
  const size = [1280, 800];
  const page = await openChromium(needChromium(), { address, cookies: [], size, first });
  place.closers.push(() => page.close());
  const fetched = (path) =>
    page.evaluate(`fetch(${JSON.stringify(path)}).then((reply) => reply.json())`);
  const serveAgain = () => serve(place, [], new URL(address).host);
  return { page, fetched, end, serveAgain };
}

test('every spin in a browser has the part of its page, and counts once', async (t) => {
  const { page, fetched } = await openBrowser(t);
  const spin = `document.querySelector('[data-test="spin"]')`;
  const idle = () =>
    page.evaluate(
      `${spin}?.disabled === false && document.querySelector('[data-test="reels"]').dataset.state === 'idle'`,
    );
  for (let count = 0; count < SPINS; count += 1) {
    await until('SPIN', idle);
    await page.evaluate(`${spin}.click()`);
    await until('the spin to run', async () => !(await idle()));
  }
  await until('the last spin to be over', idle);

  const whole = await until('the traces of all spins to have their frontend', async () => {
    const { traces } = await fetched('/api/telemetry/traces?limit=500');
    const spins = traces.filter(({ name, services }) => {
      const drawn = services.some(
        ({ service, requests }) => service === 'payment-service' && requests > 0,
      );
      return drawn && (name === 'slot-machine-spin' || name.includes('/spins'));
    });
    const begun = spins.filter(({ service, measurements }) => {
      return service === 'frontend' && measurements.stake !== undefined;
    });
    return begun.length === SPINS && spins;
  });
  assert.equal(whole.length, SPINS, 'no spin has a second trace');
});

/** Lets a test break the stream of the collector: what comes meanwhile is lost, as with a lost connection. */
const BREAKABLE = `
  window.stream = { broken: false };
  window.EventSource = class extends EventSource {
    constructor(...words) {
      super(...words);
      window.stream.break = () => {
        window.stream.broken = true;
        this.dispatchEvent(new Event('error'));
      };
      window.stream.mend = () => {
        window.stream.broken = false;
        this.dispatchEvent(new Event('open'));
      };
    }
    addEventListener(kind, listener) {
      super.addEventListener(kind, (event) => {
        if (!window.stream.broken || kind === 'error') listener(event);
      });
    }
  };
`;
/** Number of spins in the break, more than the page reads at its start. */
const LOST = 1_500;

test('the strip has the spins of a break of the stream, each once, and says while it lacks them', async (t) => {
  const flags = ['--traffic', '50', '--traffic-budget', 'none', '--problem', 'all=off'];
  const { page, fetched } = await openBrowser(t, { flags, first: BREAKABLE });
  const title = () =>
    page.evaluate(`document.querySelector('[data-test="heat-title"]')?.textContent ?? ''`);
  const shown = async () => Number((await title()).replace(/\D/g, ''));
  const spins = async () => (await fetched('/api/traffic')).spins;
  await until('spins', async () => (await shown()) > 100);

  await page.evaluate('stream.break()');
  const [before, begun] = [await shown(), await spins()];
  await until('spins that the page misses', async () => (await spins()) > begun + LOST, 240_000);
  assert.ok((await shown()) < begun + LOST / 2, 'the page has missed them');
  for (const language of LANGUAGES) {
    await page.evaluate(speaking(language));
    await until(`the page to be ${language}`, () =>
      page.evaluate(`document.documentElement.lang === '${language}'`),
    );
    assert.match(await title(), /^≥/);
    mkdirSync(SCREENSHOTS, { recursive: true });
    writeFileSync(join(SCREENSHOTS, `strip-broken-${language}.png`), await page.picture());
  }
  await page.evaluate(`fetch('/api/traffic', {
    method: 'PUT',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ running: false, players: 50, budget_percent: null }),
  })`);
  await page.evaluate('stream.mend()');
  const all = async () => {
    const ids = new Set();
    for (let cursor = ''; cursor !== undefined;) {
      const query = `name=slot-machine-spin&limit=500${cursor && `&cursor=${cursor}`}`;
      const { traces, next } = await fetched(`/api/telemetry/traces?${query}`);
      for (const { trace_id } of traces) ids.add(trace_id);
      cursor = next;
    }
    return ids.size;
  };
  await until('the spins of the break', async () => {
    const [count, words] = [await shown(), await title()];
    return count >= before + LOST && !words.startsWith('≥') && count === (await all());
  });
});

test('a page whose server was started again says that it has to be opened anew', async (t) => {
  const { page, end, serveAgain } = await openBrowser(t);
  const shows = (name) => page.evaluate(`Boolean(document.querySelector('[data-test="${name}"]'))`);
  await until('SPIN', () => shows('spin'));

  await end();
  await until('the lost connection to be told', () => shows('connection-lost'));
  await serveAgain();

  await until('the word that this window is not known', () => shows('launch-token-required'));
});

test('somebody else’s recording shows its traces, and nothing that would need it to run', async (t) => {
  const place = ownPlace(t);
  const reelscope = (...words) =>
    execFileSync(join(dirname(BINARY), 'reelscope'), words, { env: place.env });
  const file = join(place.root, 'monday.telemetry');
  reelscope('spin', '--count', '3', '--data-dir', place.dataDir);
  reelscope('telemetry', 'export', file, '--data-dir', place.dataDir);
  const address = await look(place, file);
  const page = await openChromium(needChromium(), { address, cookies: [], size: [1280, 800] });
  place.closers.push(() => page.close());
  const text = (name) =>
    page.evaluate(`document.querySelector('[data-test="${name}"]')?.innerText`);
  const count = (selector) =>
    page.evaluate(`document.querySelectorAll(${JSON.stringify(selector)}).length`);

  await until('the traces', async () => (await count('[data-test="trace-row"]')) >= 3);
  assert.match(await text('recording'), /monday\.telemetry/);
  assert.equal(await count('nav a'), 3);
  for (const absent of ['spin', 'account', 'turbo', 'delivery-strip', 'connection-lost'])
    assert.equal(await count(`[data-test="${absent}"]`), 0, absent);
  for (const lang of LANGUAGES) {
    await page.evaluate(speaking(lang));
    const name = phrases(lang).get('header.recording');
    await until(lang, async () => (await text('recording')).includes(name));
    mkdirSync(SCREENSHOTS, { recursive: true });
    writeFileSync(join(SCREENSHOTS, `recording-${lang}.png`), await page.picture());
  }
});
