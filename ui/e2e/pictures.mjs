/*
 * Pictures of every screen and state from the real window, in each language and size, for the eyes of a person:
 * scripts/pictures.sh. It plays the story: an empty start, slow spins, a failed payment, the fixes, the same round again.
 */
import { renameSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { By } from 'selenium-webdriver';
import { LANGUAGES } from './languages.mjs';
import { SCREENSHOTS, openWindow, ownPlace, until } from './real-window.mjs';

const PICTURES = join(import.meta.dirname, 'pictures');
/** Sizes of the window in CSS pixels: the smallest that is supported, a laptop, a projector. */
const SIZES = [
  [1024, 640],
  [1280, 800],
  [1920, 1080],
];
/** Limit of waiting, in milliseconds. A spin takes as long as the provider, and the players are written first. */
const LONG_MS = 180_000;

test('pictures of every screen', async (t) => {
  const place = Object.assign(ownPlace(t), { asStarted: true, calibrated: true });
  const page = await openWindow(place, ['--seed', '6']);
  mkdirSync(PICTURES, { recursive: true });
  await page.ready();

  const each = async (take) => {
    for (const [width, height] of SIZES) {
      await page.driver.manage().window().setRect({ width, height });
      await until('the size', () =>
        page.driver.executeScript('return Math.abs(innerWidth - arguments[0]) < 8', width),
      );
      for (const lang of LANGUAGES) {
        await page.speak(lang);
        await take(`${width}-${lang}`);
      }
    }
  };
  const save = async (name) => {
    await page.screenshot(name);
    renameSync(join(SCREENSHOTS, `${name}.png`), join(PICTURES, `${name}.png`));
  };
  const picture = (name) => each((variant) => save(`${name}-${variant}`));
  const goTo = async (nav, name) => {
    await page.click(`nav-${nav}`);
    await picture(name ?? nav);
  };
  const call = (path, body) => page.asked(path, { method: 'PUT', body });
  const spin = async (button = 'spin') => {
    const before = await page.count('recent-spin');
    await page.click(button);
    await until('the result', async () => (await page.count('recent-spin')) > before, LONG_MS);
    await page.reels('idle');
  };

  await picture('machine-start');
  await goTo('issues', 'issues-none');
  await goTo('business', 'business-none');
  await goTo('traces', 'traces-none');
  await goTo('machine', 'machine-start-again');
  await until('the players', () => page.asked('/api/faults').then(({ ready }) => ready), LONG_MS);

  await each(async (variant) => {
    const before = await page.count('recent-spin');
    await page.click('spin');
    await page.reels('spinning');
    // The provider, the last of them, has been asked once the game engine has answered.
    await until('the wait', async () => {
      const engine = await page.driver.findElements(By.css('[data-test="station-game-engine"]'));
      return engine.length > 0 && (await engine[0].getAttribute('data-state')) === 'passed';
    });
    await save(`machine-waits-${variant}`);
    await until('the result', async () => (await page.count('recent-spin')) > before, LONG_MS);
    await page.reels('idle');
  });
  await until(
    'the whole trace',
    async () => (await page.attribute('spin-path', 'data-whole')) === 'true',
  );
  await picture('machine-slow');
  await page.click('recent-spin');
  await page.see('waterfall');
  await picture('trace-slow');

  await page.click('nav-machine');
  await page.click('fire');
  await page.click('spin');
  await page.see('error', LONG_MS);
  await page.reels('idle');
  await picture('machine-error');
  await goTo('issues');
  await page.click('issue-row');
  await picture('issue');

  await page.click('nav-machine');
  await spin();
  for (const id of ['missing-index', 'slow-rng', 'slow-provider', 'payment-errors'])
    await call(`/api/faults/${id}`, { state: 'fixed' });
  await page.see('repeat');
  await picture('machine-fixed');
  await spin('repeat');
  await page.see('compare-repeat');
  await picture('machine-repeated');
  await page.click('compare-repeat');
  await page.see('compare-bars');
  await picture('compare');

  for (const tab of ['rounds', 'paytable', 'par']) {
    await page.click('nav-machine');
    await page.click(`tab-${tab}`);
    await picture(`tab-${tab}`);
  }
  await page.click('tab-problems');
  for (const nav of ['traces', 'map', 'business', 'settings']) await goTo(nav);
  for (const view of await page.driver.findElements(By.css('[data-test^="view-"]'))) {
    const name = await view.getAttribute('data-test');
    await page.click(name);
    await picture(`business-${name}`);
  }
});
