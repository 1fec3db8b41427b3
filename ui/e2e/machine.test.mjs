import assert from 'node:assert/strict';
import test from 'node:test';
import { Key } from 'selenium-webdriver';
import { openWindow, ownPlace, until } from './real-window.mjs';

/** With this seed the first round of a new data directory wins. */
const WINNING_SEED = '6';

test('a spin with the mouse wins, and the money on the screen adds up', async (t) => {
  const page = await openWindow(ownPlace(t), ['--seed', WINNING_SEED]);
  await page.ready();
  await page.speak('en');
  const before = await page.amount('balance');
  const stake = await page.amount('stake');

  await page.spin(() => page.click('spin'));

  const payout = Number(await page.attribute('win', 'data-payout'));
  assert.ok(payout > 0, 'the first round of this seed wins');
  await until(
    'the balance to be told',
    async () => (await page.amount('balance')) === before - stake + payout,
  );
  await page.click('tab-rounds');
  await until('the round to be listed', async () => (await page.count('round-row')) === 1);

  const shown = (payout / 100).toFixed(2);
  await until('the win to have counted up', async () => (await page.text('win')).includes(shown));
  await until(
    'the balance to have counted up',
    async () => digits(await page.text('balance')) === before - stake + payout,
  );
  await page.screenshot('machine-en');
  await page.speak('ru');
  await until('Russian', async () => (await page.text('spin')) === 'КРУТИТЬ');
  await page.screenshot('machine-ru');
});

test('a stake above the balance is refused, and no money moves', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  await page.click('account');
  const input = await page.see('account-input');
  await input.clear();
  await input.sendKeys('RS-000002');
  await page.click('account-apply');
  await until('the other account', async () => (await page.amount('balance')) === 450);
  while ((await page.amount('stake')) <= 450) await page.click('stake-up');

  await page.click('spin');

  assert.notEqual((await page.text('error')).trim(), '');
  await page.reels('idle');
  assert.equal(await page.amount('balance'), 450);
  assert.equal(await page.isThere('win'), false);
  await page.screenshot('insufficient-funds');
});

test('both languages, at once and without a reload', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  const seen = {};
  for (const lang of ['ru', 'en', 'ru']) {
    await page.speak(lang);
    await until(`the page to be ${lang}`, () =>
      page.driver.executeScript('return document.documentElement.lang === arguments[0]', lang),
    );
    seen[lang] = await Promise.all(
      ['spin', 'tab-rounds', 'tab-paytable', 'tab-par'].map((name) => page.text(name)),
    );
  }
  assert.match(seen.ru[0], /^крутить$/i);
  assert.match(seen.en[0], /^spin$/i);
  for (const [index, word] of seen.ru.entries()) assert.notEqual(word, seen.en[index]);
});

test('everything by keyboard: Tab reaches it, space and Enter spin', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  await page.press('t'); // turbo
  await until('turbo', async () => (await page.attribute('turbo', 'aria-pressed')) === 'true');

  await page.spin(() => page.press(Key.SPACE));

  const order = [];
  await until('Tab to come to the spin button', async () => {
    await page.press(Key.TAB);
    order.push(await page.focused());
    return order.at(-1) === 'spin';
  });
  for (const name of ['account', 'language', 'turbo', 'sound', 'stake-up', 'spin']) {
    assert.ok(order.includes(name), `Tab reaches ${name} on its way: ${order}`);
  }
  assert.deepEqual(
    order.toSorted(byPlace(order)),
    order,
    'no element twice before the spin button',
  );

  await page.spin(() => page.press(Key.ENTER));

  await page.driver.actions().keyDown(Key.SHIFT).sendKeys(Key.TAB).keyUp(Key.SHIFT).perform();
  assert.match(await page.focused(), /^stake-/);
});

/** `1,035.00 ₽` and `1 035,00 ₽` in minor units. */
function digits(text) {
  return Number(text.replace(/\D/g, ''));
}

function byPlace(list) {
  return (one, other) => list.indexOf(one) - list.indexOf(other);
}
