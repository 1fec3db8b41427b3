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
async function openBrowser(t) {
  const place = ownPlace(t);
  const address = await serve(place);
  const end = place.closers.at(-1);
  const page = await openChromium(needChromium(), { address, cookies: [], size: [1280, 800] });
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
