/* The spans that Sentry gets of a spin in the real window, and what the window shows of them. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { fakeSentry } from './fake-sentry.mjs';
import { openWindow, ownPlace, until } from './real-window.mjs';

test('a spin is one tree of five services, begun by the page', async (t) => {
  const page = await openWindow(ownPlace(t), ['--seed', '6']);
  await page.ready();
  await page.spin(() => page.click('spin'));

  const trace = await until('the whole trace', async () => {
    const { traces } = await page.asked('/api/telemetry/traces');
    const spin = traces.find(({ name }) => name === 'slot-machine-spin');
    return spin?.services.length >= 5 && spin;
  });
  assert.equal(trace.service, 'frontend');
  assert.equal(trace.status, 'ok');
  assert.deepEqual(trace.oddities, []);
  assert.deepEqual(trace.measurements.stake, { value: 10, unit: 'none' });
  assert.deepEqual(trace.measurements.payout, { value: 45, unit: 'none' });
  assert.deepEqual(trace.measurements.rtp, { value: 450, unit: 'percent' });
  assert.deepEqual(trace.measurements.rtp_running, { value: 450, unit: 'percent' });

  const { spans } = await page.asked(`/api/telemetry/traces/${trace.trace_id}`);
  const frontend = spans.filter(({ service }) => service === 'frontend');
  assert.deepEqual(frontend.map(({ op, description }) => `${op} ${description}`).sort(), [
    'http.client POST /api/v1/spins',
    'ui.action slot-machine-spin',
  ]);
  const [root] = frontend.filter(({ transaction }) => transaction);
  assert.equal(root.tags.service, 'frontend');
  const { summary } = await page.asked(`/api/telemetry/envelopes/${root.seq}`);
  const late = summary.received_at - root.end_us / 1000;
  t.diagnostic(`at the collector ${Math.round(late)} ms after the end of the spin`);
  assert.ok(late < 300, `${late} ms`);
  const byId = new Map(spans.map((span) => [span.span_id, span]));
  // From any span the chain of parents ends at the press of SPIN.
  for (let span of spans) {
    while (span.parent_span_id)
      span = byId.get(span.parent_span_id) ?? assert.fail('a lost parent');
    assert.equal(span, root);
  }
  const served = spans.find(({ service, transaction }) => service === 'api-gateway' && transaction);
  assert.equal(byId.get(served.parent_span_id).op, 'http.client');
  assert.equal(byId.get(served.parent_span_id).service, 'frontend');
});

test('a DSN is set, tested and delivered to; both pages fit in both languages', async (t) => {
  const sentry = await fakeSentry(t);
  const page = await openWindow(ownPlace(t), ['--seed', '6']);
  await page.ready();
  await page.spin(() => page.click('spin'));
  assert.equal(await page.text('strip-words'), 'Kept on this computer');

  await page.click('nav-settings');
  await page.inEach('settings-empty');
  await page.speak('en');
  const input = await page.see('input-dsn');
  await input.sendKeys('nonsense');
  await page.click('save-dsn');
  await until(
    'the DSN to be refused',
    async () => (await input.getAttribute('aria-invalid')) === 'true',
  );
  await page.inEach('settings-refused');
  await page.speak('ru');
  assert.match(await page.text('error-dsn'), /Это не URL/);
  await page.speak('en');
  await input.clear();
  await input.sendKeys(sentry.dsn);
  await page.click('save-dsn');
  await until('the masked DSN', async () => {
    const shown = await input.getAttribute('placeholder');
    return shown.includes(`127.0.0.1:${sentry.port}`) && !shown.includes(sentry.key);
  });
  await page.click('test-connection');
  await until('the outcome', async () => /accepted a test/.test(await page.text('test-outcome')));
  await page.inEach('settings');

  // Envelopes that were kept without a DSN are sent to the present one, possibly after a confirmation.
  await page.click('nav-delivery');
  await page.see('delivery-page');
  if (await page.isThere('held-send')) await page.click('held-send');
  await until(
    'envelopes to be delivered',
    async () => Number(await page.text('figure-delivered')) > 0,
  );
  assert.ok(sentry.taken.length > 1);
  await page.inEach('delivery');
  await page.click('filter-delivered');
  await page.click('envelope');
  assert.match(await page.text('envelope-detail'), /event_id|sent_at|items|type/);
  await page.inEach('envelope');
  // The keys of the machine have no effect on other pages.
  await page.click('nav-machine');
  await page.ready();
});
