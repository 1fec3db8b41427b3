/*
 * Issues, the service map and the business figures in the real window. The failed payment is sent to the collector's
 * DSN as a customer's own service would send it.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Key } from 'selenium-webdriver';
import { PAYMENT_MS, sendFailedPayment, sendPayment } from './failed-payments.mjs';
import { openWindow, ownPlace, until } from './real-window.mjs';

/** Time for a hundred spins of virtual players, in milliseconds. */
const LONG_MS = 60_000;

function address(page) {
  return page.driver.executeScript('return location.pathname + location.search');
}

test('a failed payment is an issue that is resolved, and regresses with a later release', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  const { collector_dsn: dsn } = await page.asked('/api/settings');
  await page.click('nav-issues');
  await page.see('issues-empty');
  await until('the list to be there', async () =>
    /No issues yet/.test(await page.text('issues-empty')),
  );
  await page.inEach('issues-none', { axe: true });

  for (let count = 0; count < 9; count += 1) await sendPayment(dsn, '1.9.0');
  const { trace, span } = await sendFailedPayment(dsn, '1.9.0');
  await page.see('issue-row');
  assert.equal(await page.text('open-issues'), '1');
  // The stream may report the error before the last of the ten payments is indexed; the details contain all of them.
  await page.inEach('issues', { axe: true });
  await page.driver.executeScript(`document.querySelector('[data-test="issue-row"] a').click()`);
  await page.see('frames');
  await until('the share', async () => (await page.text('issue-share')) === '10.0%');
  assert.equal(await page.text('issue-title'), 'PaymentTimeout');
  assert.match(
    await page.text('frames'),
    /^settle\s*src\/payments\.ts:41[\s\S]*bank\.charge\(bet\)/,
  );
  assert.doesNotMatch(await page.text('frames'), /listen/);
  assert.match(await page.text('crumbs'), /no answer, <b>giving up<\/b>/);
  assert.match(await page.text('event-facts'), /player-000007/);
  await page.inEach('issue', { axe: true });

  await page.click('resolve');
  await until('the issue to be resolved', async () =>
    /^Resolved in 1\.9\.0$/.test(await page.text('issue-status')),
  );
  await until('no open issue', async () => !(await page.isThere('open-issues')));
  const resolved = Date.now();
  // A payment that began before the resolution does not reopen the issue.
  await until('a payment to begin and end since', () => Date.now() - resolved > PAYMENT_MS);
  await sendFailedPayment(dsn, '1.9.0');
  await until('the issue to be open again', async () =>
    /^Resolved, but still happening in 1\.9\.0$/.test(await page.text('issue-status')),
  );
  assert.equal(await page.text('open-issues'), '1');
  await page.inEach('issue-reopened', { axe: true });
  await sendFailedPayment(dsn, '1.10.0');
  await until('the issue to be back', async () =>
    /^Resolved in 1\.9\.0, regressed in 1\.10\.0$/.test(await page.text('issue-status')),
  );
  assert.equal(await page.text('open-issues'), '1');
  assert.equal(await page.text('issue-releases'), '1.9.0, 1.10.0');
  await page.inEach('issue-regressed', { axe: true });

  // The older event is still shown; its trace opens at the failed span.
  await page.click('issue-trace');
  await page.see('waterfall');
  await until('the trace and its span in the address', async () =>
    (await address(page)).startsWith(`/traces/${trace}?span=${span}`),
  );
});

test('spins are in the chart and on the map, and every point leads to its trace', async (t) => {
  const page = await openWindow(ownPlace(t), ['--seed', '6']);
  await page.ready();
  const { collector_dsn: dsn } = await page.asked('/api/settings');
  await page.click('nav-business');
  await page.click('part-money');
  await page.see('business-empty');
  await page.inEach('business-none', { axe: true });
  await page.click('nav-machine');
  for (let spin = 0; spin < 3; spin += 1) {
    await page.spin(() => page.click('spin'));
    await until(
      'the trace to be whole',
      async () => (await page.attribute('spin-path', 'data-whole')) === 'true',
    );
  }
  await sendFailedPayment(dsn, '1.0.0');

  await page.click('nav-business');
  await page.click('part-money');
  await page.see('rtp-bullet');
  await page.speak('en');
  // Each spin counts once, although three services measure it in three ways.
  await until('the three spins and the failure', async () =>
    /^4 spins since/.test(await page.text('business-scope')),
  );
  assert.equal(await page.text('business-staked'), '30.00 ₽');
  assert.equal(await page.text('business-failed'), '10.00 ₽');
  const { rounds } = await page.driver.executeAsyncScript(`
    const done = arguments[arguments.length - 1];
    fetch('/api/telemetry/traces?service=frontend').then((reply) => reply.json()).then(({ traces }) =>
      done({ rounds: traces.filter(({ measurements }) => measurements.stake) }));
  `);
  const paid = rounds.reduce((sum, { measurements }) => sum + measurements.payout.value, 0);
  assert.equal(await page.text('business-paid'), `${paid.toFixed(2)} ₽`);
  assert.equal(await page.text('business-rtp'), `${((paid / 30) * 100).toFixed(2)}%`);
  assert.equal(await page.text('business-verdict'), 'too few spins to say');
  assert.match(await page.text('business-band'), /^about [\d,]+ spins are enough$/);
  assert.match(
    await page.text('rtp-bullet'),
    /^After 3 spins any RTP between 0% and \d+% is chance/,
  );
  await page.inEach('business', { axe: true });

  await page.click('failed-traces');
  await until('the failed trace', async () => (await page.count('trace-row')) === 1);
  assert.equal(await address(page), '/traces?outcome=failed&name=POST+%2Fpayments');
  await page.driver.navigate().back();
  await page.see('money-chart');
  await page.driver.executeScript(
    `document.querySelector('[data-test="money-chart"] [role="slider"]').focus()`,
  );
  await page.press(Key.HOME);
  assert.match(
    await page.driver.executeScript(
      `return document.querySelector('[data-test="money-chart"] [role="slider"]').getAttribute('aria-valuetext')`,
    ),
    /: stakes /,
  );
  await page.press(Key.ENTER);
  await page.see('filter-period');
  await page.click('filter-period');
  await until('all the spins', async () => (await page.count('trace-row')) === 3);

  // The RTP has a chart from a hundred spins on, which virtual players make.
  await page.click('nav-business');
  await page.click('traffic-switch');
  await page.click('part-money');
  await page.see('rtp-chart', LONG_MS);
  await page.inEach('business-many', { axe: true });
  await page.driver.executeScript(
    `document.querySelector('[data-test="rtp-chart"] [role="slider"]').focus()`,
  );
  await page.press(Key.HOME);
  await page.press(Key.ENTER);
  await page.see('filter-period');
  const first = rounds.at(-1);
  assert.equal(
    await address(page),
    `/traces?since=${first.start_us}&until=${first.start_us + 1}&name=slot-machine-spin`,
  );
  await until('its one trace', async () => (await page.count('trace-row')) === 1);
  await page.inEach('traces-period', { axe: true });
  await page.click('nav-map');
  await until('calls to move', () => page.isThere('map-dots'));
  await page.click('nav-business');
  await page.click('traffic-switch');

  await page.click('nav-map');
  await page.click('map-databases');
  for (const node of [
    'frontend',
    'api-gateway',
    'game-engine',
    'payment-service/polodb',
    'payment-provider',
  ])
    await until(`${node} on the map`, () => page.isThere(`node-${node}`));
  await page.inEach('map', { axe: true });
  await page.click('node-game-engine');
  await until('its traces', async () => /^\/traces\?service=game-engine/.test(await address(page)));
});

test('the report by day is slow with its fault, and quick again once it is fixed', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  await page.click('nav-business');
  await page.click('part-daily_report');
  await page.see('report-none');
  assert.equal(await address(page), '/business/report');
  await page.see('report-trace-totals');
  await page.inEach('daily-report-none', { axe: true });

  await page.click('nav-machine');
  for (let spin = 0; spin < 2; spin += 1) await page.spin(() => page.click('spin'));
  await page.click('nav-business');
  await page.click('part-daily_report');
  await page.see('report-row');
  assert.match(await page.text('report-row'), /^RUB\s*2\s*20\.00 ₽[\s\S]*too few spins to say/);

  await page.click('report-switch');
  await page.see('report-trace-bets');
  assert.match(await page.text('report-from-bets'), /^every bet\s*2/);
  await page.click('report-switch');
  await until('the fix to be measured', async () =>
    /^stored totals of the day\s*1/.test(await page.text('report-from-totals')),
  );
  assert.equal(await page.attribute('report-fault', 'data-state'), 'fixed');
  await page.inEach('daily-report', { axe: true });

  await page.click('report-trace-bets');
  await page.see('waterfall');
  assert.match(await address(page), /^\/traces\/[0-9a-f]{32}/);
  // A driver does not read the cells of a grid.
  const rows = () =>
    page.driver.executeScript(
      `return document.querySelector('[data-test="waterfall"]').textContent`,
    );
  await until('the query of the report', async () =>
    /daily-report[\s\S]*bets\.find\(\{\}\)/.test(await rows()),
  );
});
