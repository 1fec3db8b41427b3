/*
 * The problems in the real window: each is seen in a trace, fixed and compared; a payment fails on demand; the dial
 * switches releases; the figures before and after fill with the spins of virtual players.
 */
import assert from 'node:assert/strict';
import test from 'node:test';
import { Key } from 'selenium-webdriver';
import { openWindow, ownPlace, until } from './real-window.mjs';

const PROBLEMS = ['missing-index', 'slow-rng', 'slow-provider', 'payment-errors'];
/**
 * Limit of waiting, in milliseconds. A spin takes as long as the provider, and the players must be written before their
 * index can be switched.
 */
const LONG_MS = 60_000;
/** Number of spins on one side of a comparison from which the page gives a verdict. */
const ENOUGH_SPINS = 20;
/** Limit of waiting, in milliseconds. A significant difference needs some hundred spins. */
const MANY_SPINS_MS = 180_000;

function states(page) {
  return Promise.all(PROBLEMS.map((id) => page.attribute(`problem-${id}`, 'data-state')));
}

async function all(page, wanted) {
  await until(
    `the problems to be ${wanted}`,
    async () => (await states(page)).join() === wanted.join(),
    LONG_MS,
  );
}

async function opened(t, more = []) {
  const page = await openWindow(ownPlace(t), more);
  await page.ready();
  await page.speak('en');
  await page.see('problems');
  await until('the players to be there', async () =>
    page.asked('/api/faults').then(({ ready }) => ready),
  );
  assert.deepEqual(await page.problems(), PROBLEMS);
  return page;
}

/** Resets to the start of the demo with the button of the panel. */
async function startOfDemo(page) {
  await page.click('reset');
  // The page hears a moment later than this test that the players are there.
  await until('the question', async () =>
    /release 1\.0\.0 with all problems/.test(await page.text('reset-question')),
  );
  await page.click('reset-do');
  await all(page, ['on', 'on', 'on', 'on']);
}

/** Chooses a release; the radio button is hidden behind its label. */
function onDial(page, version) {
  return page.driver.executeScript(
    `const radio = document.querySelector('[data-test="release-' + arguments[0] + '"]'); radio.focus(); return radio.checked`,
    version,
  );
}

async function seedOf(page, row) {
  await page.driver.executeScript(
    `document.querySelectorAll('[data-test="round-row"]')[arguments[0]].click()`,
    row,
  );
  const [, seed] = /Seed\s*([0-9a-f]{16})/.exec(await page.text('round-detail')) ?? [];
  return seed;
}

test('problems are seen in a trace, fixed, and the same round is spun again and compared', async (t) => {
  const page = await opened(t, ['--seed', '6']);
  await startOfDemo(page);
  await page.inEach('problems', { axe: true });

  await page.spin(() => page.click('spin'));
  for (const id of ['missing-index', 'slow-rng', 'slow-provider'])
    assert.match(await page.text(`seen-${id}`), /^[\d.]+\s(ms|s) · \d+ traces? →$/);
  await page.inEach('problems-seen', { axe: true });
  await page.speak('en');

  // By key and by mouse.
  await page.press('2');
  await all(page, ['on', 'fixed', 'on', 'on']);
  await page.click('switch-missing-index');
  await all(page, ['fixed', 'fixed', 'on', 'on']);
  await until(
    'the same round to be offered',
    async () => (await page.attribute('next-step', 'data-step')) === 'repeat',
  );
  await page.spin(() => page.click('repeat'));
  await until(
    'the comparison to be offered',
    async () => (await page.attribute('next-step', 'data-step')) === 'compare',
  );
  await page.inEach('problems-fixed', { axe: true });
  await page.speak('en');

  await page.click('tab-rounds');
  await until('both rounds', async () => (await page.count('round-row')) === 2);
  const again = await seedOf(page, 0);
  assert.match(again, /^[0-9a-f]{16}$/);
  assert.equal(await seedOf(page, 1), again);
  await page.see('compare-round');
  await page.inEach('round-again', { axe: true });
  await page.speak('en');

  await page.click('compare-round');
  await until('two traces', async () =>
    /(faster|slower|same)/.test(await page.text('compare-sentence')),
  );
  const address = await page.driver.executeScript('return location.pathname');
  assert.match(address, /^\/traces\/[0-9a-f]{32}\/with\/[0-9a-f]{32}$/);

  // A fixed problem can be brought back.
  await page.click('nav-machine');
  await page.click('tab-problems');
  await page.click('switch-slow-rng');
  await all(page, ['fixed', 'on', 'on', 'on']);
});

test('a double click begins with the demo, and with the virtual players that a flag names', async (t) => {
  const place = Object.assign(ownPlace(t), { asStarted: true });
  const page = await openWindow(place, ['--traffic', '5', '--traffic-budget', 'none']);
  await page.ready();
  await page.speak('en');
  await all(page, ['on', 'on', 'on', 'on']);
  assert.match(await page.text('release'), /1\.0\.0/);
  assert.equal(await page.text('dial-words'), 'all problems');
  const traffic = await until('the virtual players', async () => {
    const told = await page.asked('/api/traffic');
    return told.running && told;
  });
  assert.deepEqual([traffic.players, traffic.budget_percent], [5, null]);
});

test('the next payment fails on cue, and is seen as an issue', async (t) => {
  const page = await opened(t);
  await startOfDemo(page);
  await page.click('fire');
  await until('a payment to be armed', async () =>
    /^the next payment fails$/.test(await page.text('armed')),
  );
  await page.spin(() => page.click('spin'));
  assert.notEqual((await page.text('error')).trim(), '');
  await until('nothing to be armed', async () =>
    page.asked('/api/faults').then(({ armed_failures }) => armed_failures === 0),
  );
  assert.match(await page.text('seen-payment-errors'), /^1 trace →$/);
  await until('an open issue', async () => (await page.text('open-issues')) === '1');
  await page.inEach('payment-failed', { axe: true });
});

test('the dial goes through the releases by keyboard, and the player does not wait any more', async (t) => {
  const page = await opened(t);
  await startOfDemo(page);
  assert.equal(await onDial(page, '1.0.0'), true);
  await page.press(Key.ARROW_RIGHT);
  await page.press(Key.ARROW_RIGHT);
  await all(page, ['fixed', 'fixed', 'fixed', 'fixed']);
  await until('the release in the header', async () => /1\.2\.0/.test(await page.text('release')));

  const before = await page.amount('balance');
  const stake = await page.amount('stake');
  await page.spin(() => page.click('spin'));
  // The settlement continues after the reply, and the balance follows without a reload.
  await page.see('pending');
  await page.screenshot('settling');
  await until('the settlement', async () => !(await page.isThere('pending')), LONG_MS);
  // A payout up to the stake is no win.
  const paid = (await page.isThere('win')) ? 'win' : 'return';
  const won = (await page.isThere(paid)) ? Number(await page.attribute(paid, 'data-payout')) : 0;
  await until(
    'the balance to follow',
    async () => (await page.amount('balance')) === before - stake + won,
  );

  await onDial(page, '1.2.0');
  await page.press(Key.ARROW_RIGHT);
  await all(page, ['fixed', 'fixed', 'fixed', 'on']);
  await until('what it brings', async () => /a wrong paytable/.test(await page.text('dial-words')));
  await page.inEach('release-1.3.0', { axe: true });
  await page.speak('en');
  await startOfDemo(page);
  assert.equal(await page.text('dial-words'), 'all problems');
});

test('virtual players fill before and after, within their budget', async (t) => {
  const page = await opened(t);
  await startOfDemo(page);
  await page.click('to-impact');
  assert.match(await page.text('missing-all'), /^Not measured yet/);
  assert.equal(await page.isThere('impact-hero'), false);
  await page.inEach('impact-none', { axe: true });
  await page.speak('en');

  await page.click('traffic-switch');
  await until('spins', async () => /spins\/s/.test(await page.text('traffic-live')));
  await until(
    'spins with all problems',
    async () => /^Not measured with all fixes/.test(await page.text('missing-all')),
    LONG_MS,
  );
  // With fewer spins before there is no verdict, however many come after.
  const before = async () => {
    const { releases } = await page.asked('/api/faults/releases');
    return releases.find(({ release }) => release === '1.0.0').figures.recorded;
  };
  await until('spins enough before', async () => (await before()) >= ENOUGH_SPINS, LONG_MS);
  await page.click('nav-machine');
  await onDial(page, '1.1.0');
  await page.driver.executeScript(`document.querySelector('[data-test="release-1.2.0"]').click()`);
  await all(page, ['fixed', 'fixed', 'fixed', 'fixed']);
  await page.click('to-impact');
  await until('spins with all fixes', () => page.isThere('change-all'), LONG_MS);
  await until(
    'spins enough',
    async () => /^[\d.,]+× faster$/.test(await page.text('change-all')),
    LONG_MS,
  );
  assert.equal(await page.isThere('missing-all'), false);
  await until('who took the time before', async () =>
    /payment-provider \d+%/.test(await page.text('hero-culprit')),
  );
  await page.inEach('impact', { axe: true });
  await page.speak('en');

  await page.click('traffic-budget');
  await until('no budget', async () => /^No CPU limit/.test(await page.text('traffic-words')));
  await page.screenshot('impact-lifted');
  await page.click('traffic-budget');
  await page.click('traffic-switch');
  await until(
    'the players to stop',
    async () => (await page.attribute('traffic', 'data-running')) === 'false',
  );

  await page.click('part-calculator');
  const conversion = 'value-conversion_more_percent-expected';
  const value = async (name) => (await page.see(name)).getAttribute('value');
  const typed = await page.see(conversion);
  await typed.clear();
  await typed.sendKeys('7', Key.TAB);
  await page.see('forget-conversion_more_percent');
  await page.click('part-money');
  await page.click('part-calculator');
  assert.equal(await value(conversion), '7');
  await page.click('take-failure_before_percent');
  await until('the measured share', async () =>
    /measured: [\d,]+ spins/.test(await page.text('input-failure_before_percent')),
  );
  await page.click('edit-net');
  await (await page.see('text-net')).sendKeys(' - nonsense');
  await page.click('save-net');
  await until('the mistake', async () =>
    /Character 28: there is no “nonsense”/.test(await page.text('formula-net')),
  );
  await page.inEach('calculator', { axe: true });
  await page.speak('en');
  await page.click('calculator-reset');
  await until('the built-in value', async () => (await value(conversion)) === '15');
  await page.click('part-impact');

  await page.click('compare-all');
  await until('two traces', async () => /faster/.test(await page.text('compare-sentence')));
});

test('releases are compared, and the one that hurts is marked with its suspect', async (t) => {
  const page = await opened(t);
  await startOfDemo(page);
  await onDial(page, '1.0.0');
  await page.press(Key.ARROW_RIGHT);
  await page.press(Key.ARROW_RIGHT);
  await all(page, ['fixed', 'fixed', 'fixed', 'fixed']);
  await page.click('to-impact');
  await page.click('part-releases');
  await until('no release yet', async () =>
    /^No release has spins yet/.test(await page.text('releases-none')),
  );
  await page.inEach('releases-none', { axe: true });
  await page.speak('en');

  // This test needs many spins; another one covers the budget.
  await page.click('traffic-budget');
  await page.click('traffic-switch');
  const spins = async (release) => {
    const { releases } = await page.asked('/api/faults/releases');
    return releases.find((each) => each.release === release)?.figures.spins ?? 0;
  };
  await until('spins of 1.2.0', async () => (await spins('1.2.0')) >= 200, MANY_SPINS_MS);
  assert.match(await page.text('releases-one'), /^Nothing to compare with yet/);
  await page.click('nav-machine');
  await onDial(page, '1.2.0');
  await page.press(Key.ARROW_RIGHT);
  await all(page, ['fixed', 'fixed', 'fixed', 'on']);
  await page.click('to-impact');
  await page.click('part-releases');
  await until(
    'the failures to be more than chance',
    () => page.isThere('regression-errors'),
    MANY_SPINS_MS,
  );
  assert.match(
    await page.text('regression-errors'),
    /^Error rate [\d.]+% instead of [\d.]+%\s*likely cause: Payment errors in payment-service\s*[\d.]+ standard errors$/,
  );
  assert.equal(await page.attribute('figures-of-1.2.0', 'data-regressions'), '0');
  await page.click('traffic-switch');
  await page.inEach('releases', { axe: true });
});

test('what telemetry costs is measured, cancelled, and measured at another share', async (t) => {
  const page = await opened(t);
  await page.click('nav-settings');
  assert.match(await page.text('overhead-method'), /two separate stacks/);
  await page.click('overhead-start');
  await until('a block', async () =>
    /^Block \d+ of \d+/.test(await page.text('overhead-progress')),
  );
  await page.click('overhead-cancel');
  await page.see('overhead-start');
  assert.equal(await page.isThere('overhead-result'), false);

  await page.click('overhead-start');
  await until('the result', () => page.isThere('overhead-result'), MANY_SPINS_MS);
  assert.match(await page.text('overhead-bytes'), /\+[\d.]+\skB$/);
  assert.match(await page.text('overhead-saturated'), /\d+% of the rate without telemetry$/);
  assert.match(await page.text('overhead-bytes-by-rate'), /^100%\s*[\d.]+\skB$/);
  await page.driver.executeScript(
    `document.querySelector('[data-test="overhead-bytes-by-rate"]').scrollIntoView({ block: 'end' })`,
  );
  await page.inEach('overhead', { axe: true });
  await page.speak('en');

  // Another share has no result before it is measured.
  await (await page.see('overhead-rate')).sendKeys(Key.ARROW_LEFT);
  await until('no result of it', async () => !(await page.isThere('overhead-result')));
  assert.equal(await page.attribute('overhead-rate', 'aria-valuetext'), '50%');
});

test('the page fails in two ways of its own, each an issue, and goes on', async (t) => {
  const page = await opened(t);
  await page.driver.executeScript(
    `document.querySelector('[data-test="more-faults"] summary').click()`,
  );
  await page.click('act-page-rejection');
  await page.click('act-page-component');
  const failures = await until('both issues', async () => {
    const { issues } = await page.asked('/api/telemetry/issues');
    const found = issues.filter(({ kind }) => kind === 'TypeError');
    return found.length === 2 && found;
  });
  // A stack that is sent before the source maps are loaded is not translated.
  for (const { culprit } of failures) assert.match(culprit, /[.](ts|js)[)]$/);
  assert.match(await page.text('fault-page-component'), /happened 1 time/);
  await page.inEach('more-faults', { axe: true });
  await page.speak('en');
  await page.spin(() => page.click('spin'));
  await page.click('evidence-page-component');
  await until(
    'the issues',
    async () => (await page.driver.executeScript('return location.pathname')) === '/issues',
  );
});
