/*
 * The presenter's view as a second window of the program, and what may happen in the middle of a presentation: another
 * language, a reset, an own script, a window that is closed.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { By } from 'selenium-webdriver';
import { LANGUAGES } from './languages.mjs';
import { closeWindow, openWindow, ownPlace, programsOf, until } from './real-window.mjs';

async function open(t) {
  const place = Object.assign(ownPlace(t), { asStarted: true });
  const page = await openWindow(place);
  await page.ready();
  await until('the players', async () => (await page.asked('/api/faults')).ready);
  const state = async () => (await page.asked('/api/v1/presentation')).state;
  return { place, page, state };
}

/** What is said, whole, although the bar may cut it. */
const lineOf = (page) =>
  page.driver.executeScript(
    `return document.querySelector('[data-test="presenter-line"]')?.textContent.trim() ?? null`,
  );

/** Begins the presentation. */
async function begin(page) {
  await page.click('present');
  await page.click('presentation-begin');
  await page.see('presenter-bar');
}

/** Opens the presenter's window from that of the machine, and returns its handle. */
async function openView(page, machine) {
  await page.click('presenter-view');
  const handles = await until('the second window', async () => {
    const all = await page.driver.getAllWindowHandles();
    return all.length === 2 && all;
  });
  return handles.find((handle) => handle !== machine);
}

test('from the double click to the first trace are two actions', async (t) => {
  const place = Object.assign(ownPlace(t), { asStarted: true });
  const page = await openWindow(place);
  await page.ready();
  await page.click('spin');
  // The link is there once the trace is.
  await page.see('open-trace');
  await page.click('open-trace');
  await page.see('waterfall');
  const spans = async () =>
    page.driver.executeScript(
      `return document.querySelector('[data-test="waterfall"]').textContent.includes('slot-machine-spin')`,
    );
  await until('its spans', spans);
});

test('what is pressed in the presenter’s window happens in the window of the machine', async (t) => {
  const { page, state } = await open(t);
  const [machine] = await page.driver.getAllWindowHandles();
  await begin(page);

  const to = (handle) => page.driver.switchTo().window(handle);
  let view = await openView(page, machine);
  await until(
    'the bar to leave the machine to the view',
    async () => !(await page.isThere('presenter-bar')),
  );

  await to(view);
  await page.see('presenter-notes');
  for (const language of LANGUAGES) {
    await to(machine);
    await page.speak(language);
    await to(view);
    await until(`the view to be ${language}`, () =>
      page.driver.executeScript('return document.documentElement.lang === arguments[0]', language),
    );
    await page.screenshot(`presenter-view-${language}`);
    assert.deepEqual(await page.cutOff(), [], `cut off in presenter-view-${language}`);
  }
  const [, second] = await page.driver.findElements(By.css('[data-test="view-step"]'));
  await second.click();
  await until('the second step', async () => (await state()).step === 'launch');
  await page.click('view-action');
  await until('the spin to fulfil the step', async () =>
    (await state()).steps.some(({ id, done }) => id === 'launch' && done),
  );
  await page.click('view-black');
  await to(machine);
  await page.see('black');
  // The server counts a spin before its reels stop.
  await until('the machine to have spun', async () => (await page.count('recent-spin')) === 1);
  await to(view);
  await page.click('view-black');
  await to(machine);
  await until('the light', async () => !(await page.isThere('black')));

  // The window of the view is closed, and opened again.
  await to(view);
  await page.driver.close();
  await to(machine);
  await page.see('presenter-bar');
  await until('one window', async () => (await page.driver.getAllWindowHandles()).length === 1);
  assert.equal((await state()).step, 'launch');
  view = await openView(page, machine);
  await to(view);
  await page.see('presenter-notes');
  await page.click('view-end');
  await to(machine);
  await until('the end', async () => (await state()).status === 'ended');
});

test('the presenter’s window closes with that of the machine and ends the program, but not the other way', async (t) => {
  const { place, page, state } = await open(t);
  const [machine] = await page.driver.getAllWindowHandles();
  await begin(page);
  const to = (handle) => page.driver.switchTo().window(handle);

  const openBoth = async () => {
    await to(await openView(page, machine));
    await page.see('presenter-notes');
  };
  // The title of a window comes a moment after its page.
  const close = (title) => until(`to close ${title}`, () => closeWindow(place, title) ?? true);

  await openBoth();
  await close('^Presenter view');
  await to(machine);
  await page.see('presenter-bar');
  assert.equal(programsOf(place).length, 1);
  assert.equal((await state()).status, 'under_way', 'the machine and its services go on');

  await openBoth();
  await close('^Reelscope$');
  await until('the program to end', () => programsOf(place).length === 0);
});

test('a presentation goes on in another language, and after a reset of the demo', async (t) => {
  const { page, state } = await open(t);
  await begin(page);
  const reach = async (id) => {
    while ((await state()).step !== id) {
      const before = await lineOf(page);
      await page.click('presenter-next');
      await until('another line', async () => (await lineOf(page)) !== before);
    }
  };
  await reach('launch');
  for (const language of LANGUAGES) {
    await page.speak(language);
    const { script } = await page.asked(`/api/v1/presentation?language=${language}`);
    const [line] = script.steps.find(({ id }) => id === 'launch').say;
    await until(`the line in ${language}`, async () => (await lineOf(page)) === line.text);
  }
  assert.equal((await state()).step, 'launch');

  await page.click('presenter-act');
  const done = async () => (await state()).steps.find(({ id }) => id === 'launch').done;
  await until('the spin', done);
  await page.asked('/api/faults/reset', { method: 'POST', body: {} });
  const after = await state();
  assert.deepEqual([after.status, after.step, await done()], ['under_way', 'launch', true]);
  await page.reels('idle');
  await reach('spins');
  await page.click('presenter-act');
  await until(
    'spins after the reset to count',
    async () => (await state()).steps.some(({ id, done: isDone }) => id === 'spins' && isDone),
    60_000,
  );
});

test('an own script is opened by a file, whole or not at all', async (t) => {
  const { place, page, state } = await open(t);
  const { script } = await page.asked('/api/v1/presentation');
  const file = join(place.root, 'own.toml');
  const text = `title = "For Acme"
language = "en"

[[steps]]
id = "one"
title = "The only step"
minutes = 1
say = [{ text = "Hello." }]
`;
  const choose = async (content) => {
    writeFileSync(file, content);
    const [field] = await page.driver.findElements(By.css('[data-test="script-file"]'));
    await field.sendKeys(file);
  };
  await page.click('present');
  await page.see('script-which');
  await choose(text.replace('minutes = 1', 'minutes = "one"'));
  await page.see('script-mistakes');
  const words = await page.text('script-mistakes');
  assert.match(words, /Line 7, column \d+/);
  assert.match(words, /invalid type: string "one"/i);
  assert.equal((await state()).own_script, false);
  assert.equal(await page.text('script-title'), script.title);
  await page.screenshot('script-mistakes');

  await choose(text);
  await until('the own script', async () => (await page.text('script-title')) === 'For Acme');
  assert.equal((await state()).own_script, true);
  assert.equal(await page.isThere('script-mistakes'), false);
  await page.click('presentation-begin');
  await until('its line', async () => (await lineOf(page)) === 'Hello.');
  await page.click('presenter-end');
  await page.click('present');
  await page.click('script-built-in');
  await until('the built-in one', async () => (await page.text('script-title')) === script.title);
});
