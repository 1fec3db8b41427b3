/* Every screen in each language: a screenshot of each, which is not blank and has no cut texts. */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { LANGUAGES, phrases } from './languages.mjs';
import { openWindow, ownPlace, startProgram, until } from './real-window.mjs';

/** With this seed the first round of a new data directory wins. */
const WINNING_SEED = '6';

test('the machine and what lies beside it', async (t) => {
  const page = await openWindow(ownPlace(t), ['--seed', WINNING_SEED]);
  await page.ready();
  await page.inEach('idle');
  await page.spin(() => page.click('spin'));
  await until('the win to have counted up', async () => (await page.text('win')).match(/45[.,]00/));
  await page.inEach('win');
  await page.click('tab-paytable');
  await page.inEach('paytable');
  await page.click('tab-par');
  await page.inEach('par-sheet');
  await page.click('tab-rounds');
  await page.click('round-row');
  await page.inEach('round');

  for (const lang of LANGUAGES) {
    await page.speak(lang);
    await page.click('account');
    await page.see('account-input');
    await page.screenshot(`account-${lang}`);
    assert.deepEqual(await page.cutOff(), [], `cut off in account-${lang}`);
    // The same button closes the card.
    await page.click('account');
  }
});

for (const language of LANGUAGES) {
  test(`a damaged database is set aside, and the start says so (${language})`, async (t) => {
    const place = ownPlace(t, { language });
    const program = startProgram(place);
    const port = await until('the port', () => readFileSync(join(place.dataDir, 'port'), 'utf8'));
    await until(
      'the start',
      async () => (await fetch(`http://127.0.0.1:${port}/api/v1/health`)).ok,
    );
    program.process.kill('SIGTERM');
    await program.ended;
    const players = join(place.dataDir, 'players');
    for (const file of readdirSync(players, { recursive: true })) {
      if (/CURRENT$/.test(file)) writeFileSync(join(players, file), 'this is no database');
    }

    const page = await openWindow(place);

    await page.ready();
    const [damaged] = phrases(language).get('setAside.players').split('.');
    const text = await page.text('set-aside');
    assert.ok(text.includes(`${players}.damaged-`), text);
    assert.match(text, new RegExp(damaged));
    await page.screenshot(`set-aside-${language}`);
    assert.deepEqual(await page.cutOff(), []);
    await page.click('set-aside-read');
    await until('the program to have noted it', async () => {
      const { notices } = await page.fetched('/api/notices');
      return notices.length === 0;
    });
  });
}

test('the header has room for its names and the progress of the first start, in the smallest window too', async (t) => {
  // So many players that they are still being written when all sizes have been checked; screenshots would take too
  // long.
  const page = await openWindow(ownPlace(t), ['--players', '200000']);
  await page.ready();
  await page.see('seeding');
  for (const width of [1280, 1100]) {
    // The layout of the header depends on its own width, not on that of the window.
    await page.driver.executeScript(
      'document.querySelector("header").parentElement.style.width = arguments[0] + "px"',
      width,
    );
    for (const lang of LANGUAGES) {
      await page.speak(lang);
      await until(`the page to be ${lang}`, () =>
        page.driver.executeScript('return document.documentElement.lang === arguments[0]', lang),
      );
      await page.see('seeding');
      const [names, right] = await page.driver.executeScript(`
        const edge = (css, side) => document.querySelector(css).getBoundingClientRect()[side];
        return [edge('header nav a:last-child', 'right'), [edge('header .right', 'left'), edge('header .right', 'right')]];
      `);
      assert.ok(
        names < right[0],
        `names end at ${names}, the rest begins at ${right[0]} (${lang}, ${width})`,
      );
      assert.ok(right[1] <= width, `the header ends at ${right[1]} of ${width} (${lang})`);
    }
  }
});
