/* What Sentry gets of a spin in the real window, and what the window says of it. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { openWindow, ownPlace, until } from './real-window.mjs';

/** Asks the gateway as the page does, with the page's cookie. */
function fetched(page, path) {
  return page.driver.executeAsyncScript(
    `const done = arguments[arguments.length - 1];
     fetch(arguments[0]).then((reply) => reply.json()).then(done, (error) => done({ error: String(error) }));`,
    path,
  );
}

test('a spin is one tree of five services, begun by the page', async (t) => {
  const page = await openWindow(ownPlace(t), ['--seed', '6']);
  await page.ready();
  await page.spin(() => page.click('spin'));

  const trace = await until('the whole trace', async () => {
    const { traces } = await fetched(page, '/api/telemetry/traces');
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

  const { spans } = await fetched(page, `/api/telemetry/traces/${trace.trace_id}`);
  const frontend = spans.filter(({ service }) => service === 'frontend');
  assert.deepEqual(frontend.map(({ op, description }) => `${op} ${description}`).sort(), [
    'http.client POST /api/v1/spins',
    'ui.action slot-machine-spin',
  ]);
  const [root] = frontend.filter(({ transaction }) => transaction);
  assert.equal(root.tags.service, 'frontend');
  const byId = new Map(spans.map((span) => [span.span_id, span]));
  // Whatever span one starts from, the way up ends at the press of SPIN.
  for (let span of spans) {
    while (span.parent_span_id)
      span = byId.get(span.parent_span_id) ?? assert.fail('a lost parent');
    assert.equal(span, root);
  }
  const served = spans.find(({ service, transaction }) => service === 'api-gateway' && transaction);
  assert.equal(byId.get(served.parent_span_id).op, 'http.client');
  assert.equal(byId.get(served.parent_span_id).service, 'frontend');
});
