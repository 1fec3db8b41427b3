/*
 * The page's own telemetry as the collector has it: its load, its errors, its failed spins, and its settings. The tests
 * read only the collector's replies.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { openWindow, ownPlace, until } from './real-window.mjs';

/** A player with a balance of 4.50, which is less than the usual stake. */
const POOR_PLAYER = 'RS-000002';

test('the load of the page is a transaction with its web vitals, and opens a session', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();

  const load = await until('the page load', async () => {
    const { traces } = await page.asked('/api/telemetry/traces');
    return traces.find(({ op }) => op === 'pageload');
  });
  assert.equal(load.service, 'frontend');
  assert.equal(load.status, 'ok');
  t.diagnostic(`web vitals: ${JSON.stringify(load.measurements)}`);
  // WebKitGTK measures this value; other browsers report more of them.
  assert.equal(load.measurements.fcp?.unit, 'millisecond');
  assert.ok(load.measurements.fcp.value > 0);
  const sessions = await itemsOf(page, 'session');
  assert.equal(sessions.length > 0, true);
  assert.deepEqual(
    new Set(sessions.map(({ attrs }) => `${attrs.release} ${attrs.environment}`)),
    new Set(['1.0.0 demo']),
  );
});

test('an error of the page is one issue: a readable stack, the player’s id, the steps before it', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  await page.spin(() => page.click('spin'));

  // The page's own code fails, because a function of the browser is broken.
  await page.driver.executeScript(`
    crypto.randomUUID = () => { throw new RangeError('no ids today'); };
  `);
  await page.click('spin');

  const event = await until('the error', () => errorOf(page, 'RangeError'));
  assert.equal(event.value, 'no ids today');
  assert.equal(event.service, 'frontend');
  assert.equal(event.handled, false);
  assert.equal(event.release, '1.0.0');
  assert.equal(event.environment, 'demo');
  const ours = event.frames.filter(({ in_app }) => in_app);
  t.diagnostic(event.frames.map((f) => `${f.function} ${f.file}:${f.line}`).join('; '));
  assert.match(ours[0].file, /^src\/app\/slot\/play\/play\.ts$/);
  assert.deepEqual(
    ours.slice(0, 2).map(({ function: name }) => name),
    ['begin', 'press'],
  );
  assert.ok(event.frames.some(({ file, in_app }) => /^@angular\/core\//.test(file) && !in_app));
  const crumbs = event.breadcrumbs.map(({ category }) => category);
  assert.ok(crumbs.includes('ui.click') && crumbs.includes('fetch'), String(crumbs));

  const { user } = await payloadOf(page, event);
  assert.deepEqual(Object.keys(user), ['id']);
  assert.equal(user.id, event.player);
  const { events } = await issueOf(page, event);
  assert.equal(events.length, 1, 'the browser and Angular both saw it, and it is told once');
});

test('a rejection that nobody handles is one issue, whatever was thrown', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();

  await page.driver.executeScript(`
    setTimeout(() => void Promise.reject(new SyntaxError('nobody listens')));
  `);
  const event = await until('the error', () => errorOf(page, 'SyntaxError'));
  assert.equal(event.handled, false);
  assert.equal((await issueOf(page, event)).events.length, 1);

  await page.driver.executeScript(`setTimeout(() => void Promise.reject('bare words'));`);
  await until('the words', async () => (await errorsWith(page, 'bare words')).length > 0);
  // A second report of the same rejection would precede the next error.
  await page.driver.executeScript(`setTimeout(() => { throw new EvalError('the end'); });`);
  await until('the end', () => errorOf(page, 'EvalError'));
  assert.equal((await errorsWith(page, 'bare words')).length, 1);
});

test('a refusal (402) is told in the trace and is no error', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  await page.click('account');
  const input = await page.see('account-input');
  await input.clear();
  await input.sendKeys(POOR_PLAYER);
  await page.click('account-apply');
  await until('the other account', async () => (await page.amount('balance')) === 450);
  await page.spin(() => page.click('spin'));

  const [root] = await spinRoots(page, 1);
  assert.equal(root.status, 'invalid_argument');
  assert.equal(root.data['problem.code'], 'insufficient_funds');
  await nothingCaptured(page);
});

test('a failure that a service answered (502) is told in the trace, and not captured again', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  // The gateway's reply to a failed payment; the services behind it are not involved.
  await page.driver.executeScript(`
    const through = window.fetch;
    window.fetch = (url, init) => String(url).endsWith('/v1/spins')
      ? Promise.resolve(new Response(
          JSON.stringify({ status: 502, code: 'payment_declined', detail: 'x', stake_status: 'returned' }),
          { status: 502, headers: { 'Content-Type': 'application/problem+json' } }))
      : through(url, init);
  `);
  await page.spin(() => page.click('spin'));

  const [root] = await spinRoots(page, 1);
  assert.equal(root.status, 'internal_error');
  assert.equal(root.data['problem.code'], 'payment_declined');
  await nothingCaptured(page);
});

test('an answer that never came is captured by the page, in the trace of the spin, once', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  // The request is real, and is aborted before its reply.
  await page.driver.executeScript(`
    const through = window.fetch;
    window.cut = true;
    window.fetch = (url, init) => window.cut && String(url).endsWith('/v1/spins')
      ? through(url, { ...init, signal: AbortSignal.abort() })
      : through(url, init);
  `);
  await page.spin(() => page.click('spin'));
  // The payment-service reports an untouched stake, so there is nothing to request again.
  await until('the end to be known', async () => !(await page.isThere('ask-again')));
  await page.driver.executeScript('window.cut = false');
  await page.spin(() => page.click('spin'));

  const event = await until('the lost answer', () => errorOf(page, 'NoAnswer'));
  assert.equal(event.service, 'frontend');
  assert.equal(event.handled, true);
  assert.equal(event.tags['problem.code'], 'no_answer');
  const roots = await spinRoots(page, 2);
  const lost = roots.find(({ status }) => status === 'unavailable');
  assert.equal(lost.trace_id, event.trace_id);
  assert.ok(roots.some(({ status }) => status === 'ok'));
  assert.equal((await issueOf(page, event)).events.length, 1);
});

test('release, environment and share of traces reach the page without a reload', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  await page.driver.executeScript('window.sameDocument = true');
  await page.click('nav-settings');
  const environment = await page.see('input-environment');
  await environment.clear();
  await environment.sendKeys('stage');
  await page.click('save-environment');
  await until('it to be saved', async () => /Saved/.test(await page.text('settings-state')));
  // The release is changed elsewhere; this window requests it when it is shown again.
  await put(page, { release: '1.1.0' });
  await page.driver.executeScript(`dispatchEvent(new Event('focus'))`);
  await until('a session of the new release', async () =>
    (await itemsOf(page, 'session')).some(
      ({ attrs }) => attrs.release === '1.1.0' && attrs.environment === 'stage',
    ),
  );
  await page.click('nav-machine');
  await page.ready();
  await page.spin(() => page.click('spin'));
  await spinRoots(page, 1);
  const spin = await until('the spin', async () => {
    const { traces } = await page.asked('/api/telemetry/traces?release=1.1.0');
    return traces.find(({ name }) => name === 'slot-machine-spin');
  });
  assert.equal(spin.environment, 'stage');

  // Spins are not recorded any more, and the machine still plays.
  await put(page, { traces_sample_rate: 0 });
  await page.driver.executeScript(`dispatchEvent(new Event('focus'))`);
  await until('the page to know', async () => {
    const seen = await page.driver.executeScript(
      `return performance.getEntriesByName(location.origin + '/api/settings/page').length`,
    );
    return seen >= 4;
  });
  const rounds = await page.count('recent-spin');
  await page.spin(() => page.click('spin'));
  await page.spin(() => page.click('spin'));
  assert.equal(await page.count('recent-spin'), rounds + 2);
  // An error is always recorded; a trace would have arrived before it.
  await page.driver.executeScript(`setTimeout(() => { throw new EvalError('the end'); });`);
  await until('the end', () => errorOf(page, 'EvalError'));
  assert.equal((await spinRoots(page, 1)).length, 1);
  const { traces } = await page.asked('/api/telemetry/traces');
  const ownRoots = traces.filter(({ name }) => name === 'POST /api/v1/spins');
  assert.deepEqual(ownRoots, [], 'the services follow the decision of the page');
  assert.equal(await page.driver.executeScript('return window.sameDocument'), true);
});

function put(page, change) {
  return page.asked('/api/settings', { method: 'PUT', body: change });
}

/** Payloads of the page's items of a type, newest first. */
async function itemsOf(page, type) {
  const { envelopes } = await page.asked('/api/telemetry/envelopes?limit=500');
  const found = [];
  for (const { seq } of envelopes.filter(
    ({ slot, categories }) => slot === 'frontend' && categories.includes(type),
  )) {
    const { items } = await page.asked(`/api/telemetry/envelopes/${seq}`);
    found.push(...items.filter(({ header }) => header.type === type).map(({ json }) => json));
  }
  return found;
}

/** The newest error of that type, or undefined. */
async function errorOf(page, kind) {
  const { issues } = await page.asked('/api/telemetry/issues');
  const issue = issues.find((candidate) => candidate.kind === kind);
  return issue && (await issueOf(page, issue)).events[0];
}

async function errorsWith(page, words) {
  const { issues } = await page.asked('/api/telemetry/issues');
  const found = [];
  for (const issue of issues) found.push(...(await issueOf(page, issue)).events);
  return found.filter(({ value }) => value.includes(words));
}

function issueOf(page, { issue_id }) {
  return page.asked(`/api/telemetry/issues/${issue_id}`);
}

/** An event as it was sent. */
async function payloadOf(page, { seq, event_id }) {
  const { items } = await page.asked(`/api/telemetry/envelopes/${seq}`);
  return items.find(({ json }) => json?.event_id === event_id).json;
}

/** The page's transactions of spins, once there are so many. */
function spinRoots(page, count) {
  return until(`${count} spins at the collector`, async () => {
    const { traces } = await page.asked('/api/telemetry/traces');
    const spins = traces.filter(({ name }) => name === 'slot-machine-spin');
    const roots = [];
    for (const { trace_id } of spins) {
      const { spans } = await page.asked(`/api/telemetry/traces/${trace_id}`);
      const root = spans.find(({ service, transaction }) => service === 'frontend' && transaction);
      if (root) roots.push({ ...root, trace_id });
    }
    return roots.length >= count && roots;
  });
}

/** The page has captured no error so far, so the next one is the first. */
async function nothingCaptured(page) {
  await page.driver.executeScript(`setTimeout(() => { throw new EvalError('the end'); });`);
  await until('the end', () => errorOf(page, 'EvalError'));
  const { issues } = await page.asked('/api/telemetry/issues');
  assert.deepEqual(
    issues.filter(({ services }) => services.includes('frontend')).map(({ kind }) => kind),
    ['EvalError'],
  );
}
