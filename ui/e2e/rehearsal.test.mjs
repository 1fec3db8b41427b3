/*
 * The built-in script plays itself in the real window, in each language: every button, every place that it points at, and
 * every condition of it, with a picture of each step. It is the test of the script.
 */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { By, Key } from 'selenium-webdriver';
import { LANGUAGES } from './languages.mjs';
import { openWindow, ownPlace, until } from './real-window.mjs';

/** Limit of a whole rehearsal, in milliseconds. */
const REHEARSAL_MS = 170_000;

for (const language of LANGUAGES) {
  test(`the built-in script plays itself (${language})`, async (t) => {
    const place = Object.assign(ownPlace(t, { language }), { asStarted: true });
    // So many that the index brings something, and so few that they are soon there.
    const page = await openWindow(place, ['--seed', '6', '--players', '20000']);
    await page.ready();
    await page.speak(language);
    await until('the players', async () => (await page.asked('/api/faults')).ready, REHEARSAL_MS);
    const { script } = await page.asked(`/api/v1/presentation?language=${language}`);

    await page.click('present');
    await page.screenshot(`rehearsal-start-${language}`);
    assert.deepEqual(await page.cutOff(), [], 'cut off in the start');
    await page.click('run-speed-4');
    await page.click('run-rehearsal');
    await page.see('run-bar');

    const pictured = new Set();
    const ended = async () => {
      const { step, line, lit, reported } = await at(page);
      const lines = script.steps.find(({ id }) => id === step)?.say ?? [];
      // The last line of a step that the light is on, or its last line without one.
      const isDue = line === lines.length - 1 && (lit || !lines[line]?.spot);
      if (isDue && !pictured.has(step)) {
        const number = String(script.steps.findIndex(({ id }) => id === step) + 1).padStart(2, '0');
        await page.screenshot(`rehearsal-${number}-${step}-${language}`);
        pictured.add(step);
      }
      return reported;
    };
    await until('the rehearsal to end', ended, REHEARSAL_MS);
    await page.screenshot(`rehearsal-report-${language}`);

    const steps = await page.driver.findElements(By.css('[data-test="run-step"]'));
    assert.equal(steps.length, script.steps.length);
    const remarks = await page.driver.findElements(By.css('[data-test="run-remark"]'));
    const words = await Promise.all(remarks.map((remark) => remark.getText()));
    assert.deepEqual(words, [], 'every step is fulfilled, and everything it points at is there');
    const unpictured = script.steps.map(({ id }) => id).filter((id) => !pictured.has(id));
    assert.deepEqual(unpictured, [], 'steps without a picture');
    assert.equal((await page.asked('/api/v1/presentation')).state.status, 'ended');
  });
}

/** A script of two steps, of which the second changes the demo, and can be fulfilled or not. */
function ownScript(place, doneWhen) {
  const file = join(place.root, 'own.toml');
  writeFileSync(
    file,
    `title = "Own"
language = "en"

[[steps]]
id = "one"
title = "One"
minutes = 1
page = "machine"
say = [{ text = "This is the button.", spot = "spin" }]
done_when = [{ page_seen = "machine" }]

[[steps]]
id = "two"
title = "Two"
minutes = 1
page = "machine"
say = [{ text = "This is a fix.", spot = { problem = "slow-rng" } }]
actions = [{ label = "Fix it", action = { fix = "slow-rng" } }]
done_when = [${doneWhen}]
`,
  );
  return ['--script', file];
}

async function begin(t, doneWhen, kind) {
  const place = Object.assign(ownPlace(t), { asStarted: true });
  const page = await openWindow(place, ownScript(place, doneWhen));
  await page.ready();
  await until('the players', async () => (await page.asked('/api/faults')).ready);
  await page.click('present');
  await page.click('run-speed-8');
  await page.click(`run-${kind}`);
  const reached = (step) => until(step, async () => (await at(page)).step === step);
  return { page, reached };
}

test('a step that is not fulfilled is missed, and the list says why', async (t) => {
  const { page } = await begin(t, '{ failures = 2 }', 'rehearsal');
  await until('the list', async () => (await at(page)).reported, 60_000);
  const found = await page.driver.executeScript(`
    return [...document.querySelectorAll('[data-test="run-step"]')].map(({ dataset, innerText }) => [
      dataset.step, dataset.fulfilled, innerText.includes('Failed spins: 0 of 2')]);
  `);
  assert.deepEqual(found, [
    ['one', 'true', false],
    ['two', 'false', true],
  ]);
});

test('a booth plays over and over, pauses for a visitor, and ends with Escape', async (t) => {
  const fixed = '{ problem = { id = "slow-rng", is = "fixed" } }';
  const { page, reached } = await begin(t, fixed, 'booth');
  const state = async () => {
    const { faults } = await page.asked('/api/faults');
    return faults.find(({ id }) => id === 'slow-rng').state;
  };
  await reached('two');
  await until('the fix', async () => (await state()) === 'fixed');
  await reached('one');
  assert.equal(await state(), 'on', 'each round begins with the start of the demo');

  // A visitor opens another page.
  await until('somebody to be noticed', async () => {
    await page.press('g');
    return page.isThere('run-held');
  });
  await page.click('nav-map');
  const { step, line } = await at(page);
  await page.screenshot('booth-held');
  await page.click('run-go-on');
  await until('the machine to be back', () => page.isThere('spin'));
  assert.ok(step === 'one' || step === 'two', `${step} ${line}`);
  await reached('two');
  await reached('one');

  await page.press(Key.ESCAPE);
  await until('the end', async () => !(await page.isThere('run-bar')));
  assert.equal((await page.asked('/api/v1/presentation')).state.status, 'ended');
  assert.equal(await page.isThere('run-report'), false, 'a booth reports nothing');
});

/** Where the run is. */
function at(page) {
  return page.driver.executeScript(`
    const bar = document.querySelector('[data-test="run-bar"]');
    return {
      step: bar?.dataset.step ?? null,
      line: Number(bar?.dataset.line),
      lit: !!document.querySelector('[data-test="spotlight"]'),
      reported: !!document.querySelector('[data-test="run-report"]'),
    };
  `);
}
