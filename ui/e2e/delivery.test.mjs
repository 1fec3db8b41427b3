/* The delivery page with a Sentry that refuses, limits, is unreachable, and accepts everything. */
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { By } from 'selenium-webdriver';
import { fakeSentry } from './fake-sentry.mjs';
import { openWindow, ownPlace, startProgram, until } from './real-window.mjs';

test('what Sentry refused is explained, and is sent again: one, then all', async (t) => {
  const sentry = await fakeSentry(t);
  sentry.answer = { status: 401, headers: {} };
  const page = await deliveryPage(t, sentry);
  await until('dead letters', async () => (await figure(page, 'dead')) > 1);
  await page.speak('ru');
  assert.match(await page.text('last-error'), /не принимает ключ/);
  await page.click('filter-dead');
  await page.click('envelope');
  await until('its reason', async () =>
    /не принимает ключ/.test(await page.text('envelope-reason')),
  );
  await page.inEach('delivery-dead');

  sentry.answer = { status: 200, headers: {} };
  const seq = await page.attribute('envelope', 'data-seq');
  await page.click('retry-one');
  await until('Sentry to have it', () => sentry.taken.length > 0);
  await until('the page to say so', async () => {
    const { summary } = await page.asked(`/api/telemetry/envelopes/${seq}`);
    return summary.state === 'delivered';
  });
  assert.match(await page.text('retried'), /1 envelope is queued again/);
  await page.click('filter-all');
  await page.click('retry-all');
  await until('nothing to be dead', async () => (await figure(page, 'dead')) === 0);
  await until('the button to go', async () => !(await page.isThere('retry-all')));
  await until('every row to say so', async () => {
    const rows = await page.driver.findElements(By.css('[data-test="envelope"]'));
    const texts = await Promise.all(rows.map((row) => row.getText()));
    return texts.every((text) => /delivered/.test(text));
  });
  assert.equal(await page.isThere('last-error'), false, 'what is over is not told as trouble');
  await until('the strip to say so', async () =>
    /Everything is delivered/.test(await page.text('strip-words')),
  );
  await page.inEach('delivery-retried');
});

test('a rate limit and an absent Sentry are shown with the time until it goes on', async (t) => {
  const sentry = await fakeSentry(t);
  sentry.answer = {
    status: 429,
    headers: { 'X-Sentry-Rate-Limits': '90:transaction:organization, 90:trace_metric:key' },
  };
  const page = await deliveryPage(t, sentry);
  const limit = await page.see('rate-limit');
  const clock = limit.findElement(By.css('rs-countdown'));
  const shown = await clock.getText();
  assert.match(shown, /^resumes in 1:[0-3]\d$/);
  const width = (await clock.getRect()).width;
  await until('a second to pass', async () => (await clock.getText()) < shown);
  assert.equal((await clock.getRect()).width, width);
  await page.inEach('delivery-limited');

  await sentry.close();
  // Errors are not limited, so one is sent at once and finds no server.
  await page.driver.executeScript(`setTimeout(() => { throw new EvalError('on purpose'); });`);
  await page.see('next-attempt');
  await page.speak('ru');
  await until('the reason', async () =>
    /в соединении отказано/i.test(await page.text('last-error')),
  );
  await page.inEach('delivery-away');
});

test('a list that is read stays where it is, and goes on below its end', async (t) => {
  const page = await deliveryPage(t);
  const { collector_dsn } = await page.asked('/api/settings');
  await send(collector_dsn, 120);
  await until('a whole page', async () => (await page.count('envelope')) === 100);
  await until('the newest', async () => {
    const { envelopes } = await page.asked('/api/telemetry/envelopes?limit=1');
    return String(envelopes[0].seq) === (await page.attribute('envelope', 'data-seq'));
  });

  await page.click('envelope');
  await page.see('envelope-detail');
  const first = await page.see('envelope');
  const [seq, place] = [await first.getAttribute('data-seq'), await first.getRect()];
  await send(collector_dsn, 3);
  await until(
    'them to be offered',
    async () => Number(/\d+/.exec(await page.text('show-new'))) >= 3,
  );
  assert.equal(await page.attribute('envelope', 'data-seq'), seq);
  assert.deepEqual(await (await page.see('envelope')).getRect(), place);
  await page.inEach('delivery-reading');
  await page.click('show-new');
  await until(
    'the newest to be first',
    async () => Number(await page.attribute('envelope', 'data-seq')) >= Number(seq) + 3,
  );
  assert.equal(await page.isThere('show-new'), false);
});

test('a list goes on below its end', async (t) => {
  const page = await deliveryPage(t);
  const { collector_dsn } = await page.asked('/api/settings');
  await send(collector_dsn, 120);
  const { next } = await page.asked('/api/telemetry/envelopes?limit=1');
  assert.notEqual(next, undefined);
  await until('a whole page', async () => (await page.count('envelope')) === 100);
  await page.see('show-older');
  const last = await lastRow(page);
  await page.click('show-older');
  await until('the end of the list', async () => !(await page.isThere('show-older')));
  assert.equal(await page.driver.executeScript('return arguments[0].isConnected', last), true);
  const numbers = await page.driver.executeScript(
    `return [...document.querySelectorAll('[data-test="envelope"]')].map((row) => Number(row.dataset.seq))`,
  );
  assert.deepEqual(
    numbers,
    numbers.map((_, index) => numbers[0] - index),
    'each once, in order',
  );
  assert.equal(numbers.at(-1), 1);
  await page.inEach('delivery-end');
});

test('what was meant for another DSN is discarded, and can be read', async (t) => {
  const sentry = await fakeSentry(t);
  const page = await deliveryPage(t);
  await page.asked('/api/settings', { method: 'PUT', body: { dsn: sentry.dsn } });
  await page.see('held-choice');
  await page.inEach('delivery-other');
  await page.click('held-discard');
  await until('the question to go', async () => !(await page.isThere('held-choice')));
  assert.ok((await figure(page, 'dead')) > 0);
  assert.equal(
    await page.isThere('retry-all'),
    false,
    'what was given up is not sent again by all',
  );
  await page.click('filter-dead');
  await page.click('envelope');
  assert.match(await page.text('envelope-reason'), /declined manually/);
});

test('what an SDK was refused is said, and why', async (t) => {
  const page = await deliveryPage(t);
  const { collector_dsn } = await page.asked('/api/settings');
  const { protocol, host } = new URL(collector_dsn);
  const address = `${protocol}//${host}/api/1/envelope/?sentry_key=${'0'.repeat(32)}`;
  const headers = { 'user-agent': 'sentry.java/8.1.0' };
  const answer = await fetch(address, { method: 'POST', body: '{}\n', headers });
  assert.equal(answer.ok, false);
  assert.match(answer.headers.get('x-sentry-error'), /key/);
  await page.see('refusals');
  assert.match(await page.text('refusals'), /The DSN is not the one of this collector/);
  assert.match(await page.text('refusals'), /sentry\.java\/8\.1\.0/);
  await page.inEach('delivery-refusals');
});

test('what happened to the kept telemetry is said once the program starts again', async (t) => {
  const place = ownPlace(t);
  const program = startProgram(place);
  const port = await until('the port', () => readFileSync(join(place.dataDir, 'port'), 'utf8'));
  await until('the start', async () => (await fetch(`http://127.0.0.1:${port}/api/v1/health`)).ok);
  program.process.kill('SIGTERM');
  await program.ended;
  const telemetry = join(place.dataDir, 'telemetry');
  writeFileSync(join(telemetry, 'telemetry.sqlite'), 'no database any more');
  // The file as an earlier version wrote it.
  mkdirSync(join(telemetry, 'segments'));

  const page = await openWindow(place);
  // The notice must not block the machine.
  await page.ready();
  await page.speak('ru');
  assert.match(await page.text('set-aside'), /Файл телеметрии был повреждён/);
  await page.inEach('telemetry-set-aside');
  assert.match(await page.text('set-aside'), /telemetry file was damaged/);
  await page.click('set-aside-read');
  await page.click('nav-delivery');
  assert.match(await page.text('notices'), /earlier version cannot be shown/);
  await page.inEach('delivery-notices');
});

/** Opens the delivery page of a machine on which one spin was made, which reports to `sentry` if there is one. */
async function deliveryPage(t, sentry) {
  const page = await openWindow(ownPlace(t), ['--seed', '6']);
  await page.ready();
  if (sentry) {
    await page.asked('/api/settings', { method: 'PUT', body: { dsn: sentry.dsn } });
    await page.asked('/api/telemetry/delivery/held', {
      method: 'POST',
      body: { action: 'send' },
    });
  }
  await page.spin(() => page.click('spin'));
  await page.click('nav-delivery');
  await page.see('delivery-page');
  return page;
}

async function lastRow(page) {
  return (await page.driver.findElements(By.css('[data-test="envelope"]'))).at(-1);
}

async function figure(page, name) {
  return Number((await page.text(`figure-${name}`)).replace(/\D/g, ''));
}

/** Sends events as a program of a customer does. */
async function send(dsn, count) {
  const { protocol, username, host, pathname } = new URL(dsn);
  const address = `${protocol}//${host}/api${pathname}/envelope/?sentry_key=${username}`;
  for (let number = 0; number < count; number += 1) {
    const event_id = crypto.randomUUID().replaceAll('-', '');
    const event = JSON.stringify({ event_id, message: `number ${number}`, level: 'info' });
    const body = `{"event_id":"${event_id}"}\n{"type":"event"}\n${event}\n`;
    assert.equal((await fetch(address, { method: 'POST', body })).status, 200);
  }
}
