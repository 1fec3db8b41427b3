/*
 * Records the animation of the README in the real window: a spin of the demo as a double click starts it, its trace,
 * the fixes, the same round again, and both traces side by side. Frames are written to screenshots/, and their list
 * with the duration of each to screenshots/moving.txt; scripts/moving-picture.sh makes the picture from them.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { SCREENSHOTS, openWindow, ownPlace, until } from './real-window.mjs';

/** How long a still screen is shown, in milliseconds. */
const LOOK_MS = 2_500;
const GLANCE_MS = 1_000;
/** Limit of waiting, in milliseconds. A spin takes as long as the provider, and the players are written first. */
const LONG_MS = 120_000;

test('the moving picture', async (t) => {
  const place = Object.assign(ownPlace(t), { asStarted: true, calibrated: true });
  const page = await openWindow(place, ['--seed', '6']);
  await page.ready();
  await page.speak('en');
  await until(
    'the players to be there',
    () => page.asked('/api/faults').then(({ ready }) => ready),
    LONG_MS,
  );
  const isWritten = async () =>
    !(await page.isThere('seeding')) &&
    (await (await page.see('switch-missing-index')).isEnabled());
  await until('the players to be written', isWritten, LONG_MS);

  const frames = [];
  const frame = async (ms) => {
    const name = `moving-${String(frames.length).padStart(3, '0')}`;
    await page.screenshot(name);
    frames.push({ name, ms });
  };
  /** Records a spin in real time: each frame is shown until the next one. */
  const spin = async (button) => {
    const before = await page.count('recent-spin');
    await page.click(button);
    await until(
      'the spin to end',
      async () => {
        const began = performance.now();
        await frame(0);
        frames.at(-1).ms = performance.now() - began;
        const isOver = (await page.count('recent-spin')) > before;
        return isOver && (await page.attribute('reels', 'data-state')) === 'idle';
      },
      LONG_MS,
    );
    await until('the win to be counted', async () => {
      const shown = () =>
        page.driver.executeScript(
          `return [...document.querySelectorAll('rs-counted-money')].map(({ textContent }) => textContent).join()`,
        );
      const before = await shown();
      await page.driver.executeAsyncScript('setTimeout(arguments[0], 100)');
      return before === (await shown());
    });
    await frame(LOOK_MS);
  };

  await frame(GLANCE_MS);
  await spin('spin');
  await page.click('recent-spin');
  await page.see('waterfall');
  await frame(LOOK_MS);

  await page.click('nav-machine');
  await page.click('tab-problems');
  for (const id of ['missing-index', 'slow-rng', 'slow-provider']) {
    await page.click(`switch-${id}`);
    await until(
      `${id} to be fixed`,
      async () => (await page.attribute(`problem-${id}`, 'data-state')) === 'fixed',
      LONG_MS,
    );
    await frame(GLANCE_MS);
  }
  await spin('repeat');
  await until(
    'the comparison to be offered',
    async () => (await page.attribute('next-step', 'data-step')) === 'compare',
  );
  await page.click('compare-repeat');
  await until('two traces', async () =>
    /(faster|slower|same)/.test(await page.text('compare-sentence')),
  );
  await frame(2 * LOOK_MS);

  const lines = frames.map(({ name, ms }) => `${Math.round(ms / 10)} ${name}.png`);
  writeFileSync(join(SCREENSHOTS, 'moving.txt'), lines.join('\n') + '\n');
});
