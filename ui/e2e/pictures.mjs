/*
 * Pictures of every screen and state from the real window, in each language and size, for the eyes of a person:
 * scripts/pictures.sh. It plays the story: an empty start, slow spins, a failed payment, the fixes, the same round again,
 * and then an evening with virtual players.
 */
import { renameSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { By } from 'selenium-webdriver';
import { LANGUAGES } from './languages.mjs';
import { SCREENSHOTS, openWindow, ownPlace, until } from './real-window.mjs';

const PICTURES = join(import.meta.dirname, 'pictures');
/** Sizes of the window in CSS pixels: the smallest that is supported, a laptop, and two projectors. */
const SIZES = [
  [1024, 640],
  [1280, 800],
  [1920, 1080],
  [3840, 2160],
];
/** Limit of waiting, in milliseconds. A spin takes as long as the provider, and the players are written first. */
const LONG_MS = 180_000;
/** Number of spins from which before and after has a verdict; with all problems a second has few. */
const ENOUGH = 40;
/** Number of spins that fill the heat strip. */
const MANY = 400;

test('pictures of every screen', async (t) => {
  const place = Object.assign(ownPlace(t), { asStarted: true, calibrated: true });
  const page = await openWindow(place, ['--seed', '6']);
  mkdirSync(PICTURES, { recursive: true });
  await page.ready();
  const story = new Story(page);
  await story.emptyStart();
  await story.slowSpins();
  await story.failedPayment();
  await story.fixes();
  await story.panel();
  await story.players();
  await story.trouble();
});

class Story {
  constructor(page) {
    this.page = page;
  }

  async emptyStart() {
    await this.picture('machine-start');
    for (const nav of ['traces', 'issues', 'map', 'business']) await this.open(nav, `${nav}-none`);
    await this.page.click('nav-machine');
    const ready = async () => (await this.page.asked('/api/faults')).ready;
    await until('the players', ready, LONG_MS);
  }

  async slowSpins() {
    await this.each(async (variant) => {
      await this.spin('spin', async () => {
        // The provider, the last of them, has been asked once the game engine has answered.
        await until('the wait', async () => (await this.stateOf('game-engine')) === 'passed');
        await this.save(`machine-waits-${variant}`);
      });
    });
    // One payment in ten fails, which is another picture.
    do await this.spin();
    while (await this.page.isThere('error'));
    await this.measured();
    await this.picture('machine-slow');
    await this.page.click('open-trace');
    await this.page.see('waterfall');
    await this.picture('trace-slow');
    await this.page.click('nav-machine');
    await this.picture('machine-next-fix');
  }

  async failedPayment() {
    await this.page.click('fire');
    await this.spin();
    await this.page.see('error');
    await this.picture('machine-error');
    await this.page.click('open-trace');
    await this.page.see('waterfall');
    await this.picture('trace-error');
    await this.open('issues');
    await this.page.click('issue-row');
    await this.page.see('issue-bars');
    await this.picture('issue');
    await this.page.click('nav-machine');
  }

  async fixes() {
    await this.spin();
    await this.measured();
    for (const id of await this.page.problems()) await this.switch(id, 'fixed');
    await this.page.see('repeat');
    await this.picture('machine-fixed');
    await this.spin('repeat');
    await this.page.see('compare-repeat');
    await this.measured();
    await this.picture('machine-repeated');
    await this.page.click('compare-repeat');
    await this.page.see('compare-sentence');
    await this.picture('compare');
    await this.open('business', 'impact-few');
    await this.page.click('nav-machine');
  }

  async panel() {
    for (let spins = 0; spins < 60 && !(await this.page.isThere('win')); spins += 1)
      await this.spin();
    await this.picture('machine-win');
    for (const tab of ['rounds', 'paytable', 'par']) {
      await this.page.click(`tab-${tab}`);
      if (tab === 'rounds') await this.page.click('round-row');
      await this.picture(`tab-${tab}`);
    }
    await this.page.click('tab-problems');
    await this.page.click('help');
    await this.picture('keys');
    await this.page.driver.executeScript(`document.querySelector('dialog[open]').close()`);
  }

  /** Virtual players spin with all problems, and go on while they are fixed. */
  async players() {
    for (const id of await this.page.problems()) await this.switch(id, 'on');
    await this.traffic({ running: true, players: 50, budget_percent: 50 });
    await this.played(ENOUGH);
    await this.open('map', 'map-slow');
    await this.page.click('nav-machine');
    // One after another, because each is compared with spins in which all else is equal.
    for (const id of await this.page.problems()) {
      await this.switch(id, 'fixed');
      await this.played(ENOUGH);
    }
    await this.played(MANY);
    await this.picture('machine-players');
    for (const nav of ['traces', 'issues', 'map', 'business', 'delivery', 'settings'])
      await this.open(nav);
    await this.page.click('nav-business');
    await this.page.click('impact-figures');
    await this.picture('business-figures');
    for (const part of ['money', 'releases', 'calculator']) {
      await this.page.click(`part-${part}`);
      await this.picture(`business-${part}`);
    }
    await this.traffic({ running: false, players: 50, budget_percent: 50 });
    await this.page.click('nav-machine');
  }

  async trouble() {
    await this.page.asked('/api/faults/provider-down', { method: 'PUT', body: { state: 'on' } });
    await this.page.see('faults-on');
    await this.spin();
    await this.picture('machine-provider-down');
    await this.each(async (variant) => {
      await this.page.driver.executeScript(`
        const more = document.querySelector('[data-test="more-faults"]');
        more.open = true;
        more.scrollIntoView();
      `);
      await this.save(`more-faults-${variant}`);
    });
    await this.page.press('b');
    await this.picture('presenter');
  }

  async each(take) {
    const { driver } = this.page;
    for (const [width, height] of SIZES) {
      await driver.manage().window().setRect({ width, height });
      await until('the size', () =>
        driver.executeScript('return Math.abs(innerWidth - arguments[0]) < 8', width),
      );
      for (const lang of LANGUAGES) {
        await this.page.speak(lang);
        await take(`${width}-${lang}`);
      }
    }
  }

  async save(name) {
    await this.page.screenshot(name);
    renameSync(join(SCREENSHOTS, `${name}.png`), join(PICTURES, `${name}.png`));
  }

  picture(name) {
    return this.each((variant) => this.save(`${name}-${variant}`));
  }

  async open(nav, name = nav) {
    await this.page.click(`nav-${nav}`);
    await this.picture(name);
  }

  switch(id, state) {
    return this.page.asked(`/api/faults/${id}`, { method: 'PUT', body: { state } });
  }

  traffic(body) {
    return this.page.asked('/api/traffic', { method: 'PUT', body });
  }

  /** Waits until the virtual players have made this number of spins more. */
  async played(more) {
    const { spins } = await this.page.asked('/api/traffic');
    const many = async () => (await this.page.asked('/api/traffic')).spins >= spins + more;
    await until(`${more} spins`, many, LONG_MS);
  }

  /** Spins to the end; the newest spin is known by its trace. */
  async spin(button = 'spin', during = () => {}) {
    const newest = () =>
      this.page.driver.executeScript(
        `return document.querySelector('[data-test="recent-spin"] a')?.pathname ?? null`,
      );
    const before = await newest();
    await this.page.click(button);
    await during();
    await until('the result', async () => (await newest()) !== before, LONG_MS);
    await this.page.reels('idle');
  }

  measured() {
    const isWhole = async () => (await this.page.attribute('spin-path', 'data-whole')) === 'true';
    return until('the whole trace', isWhole);
  }

  async stateOf(station) {
    const [found] = await this.page.driver.findElements(By.css(`[data-test="station-${station}"]`));
    return found?.getAttribute('data-state');
  }
}
