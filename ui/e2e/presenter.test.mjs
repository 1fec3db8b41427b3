/* A presentation with the keys of a remote, in a browser: its steps, what fulfils them, a reload, the blackout, the end. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { needChromium, openChromium } from './chromium.mjs';
import { LANGUAGES } from './languages.mjs';
import { ownPlace, serve, speaking, until } from './real-window.mjs';

const there = (name) => `!!document.querySelector('[data-test="${name}"]')`;
const click = (name) => `document.querySelector('[data-test="${name}"]').click()`;

for (const language of LANGUAGES) {
  test(`a presentation is given with a remote (${language})`, async (t) => {
    const place = ownPlace(t);
    const address = await serve(place, ['--demo']);
    const page = await openChromium(needChromium(), { address, cookies: [], size: [1280, 800] });
    place.closers.push(() => page.close());
    const shown = (name) => until(name, () => page.evaluate(there(name)));
    const gone = (name) => until(`no ${name}`, () => page.evaluate(`!${there(name)}`));
    /** Whether the page has taken the key from the browser, which would scroll or reload. */
    const press = (code) =>
      page.evaluate(
        `!document.body.dispatchEvent(new KeyboardEvent('keydown', { code: '${code}', key: '${code}', bubbles: true, cancelable: true }))`,
      );
    const state = async () =>
      page.evaluate(`fetch('/api/v1/presentation').then((reply) => reply.json())`);
    const at = async () => {
      const { script, state: now } = await state();
      const step = script.steps.findIndex(({ id }) => id === now.step);
      return { step, line: now.line, status: now.status, done: now.steps[step].done };
    };
    /** Presses a key once, and waits until the presentation stands elsewhere. */
    const move = async (code) => {
      const before = JSON.stringify(await at());
      assert.ok(await press(code), `${code} is taken`);
      await until(`${code} to move`, async () => JSON.stringify(await at()) !== before);
      return at();
    };
    const barAt = (step) =>
      until(`the bar at step ${step + 1}`, () =>
        page.evaluate(
          `document.querySelector('[data-test="presenter-step"]')?.textContent.trim().startsWith('${step + 1} ')`,
        ),
      );

    await until('SPIN', () =>
      page.evaluate(`document.querySelector('[data-test="spin"]')?.disabled === false`),
    );
    await page.evaluate(speaking(language));
    assert.equal(await press('PageDown'), false, 'without a presentation the key scrolls');
    await page.evaluate(click('present'));
    await shown('presentation-begin');
    assert.ok(await press('F5'), 'F5 begins and does not reload');
    await shown('presenter-bar');

    const launch = (await state()).script.steps.findIndex(({ id }) => id === 'launch');
    let onLaunch = await at();
    while (onLaunch.step < launch) onLaunch = await move('PageDown');
    await barAt(launch);
    assert.equal(onLaunch.done, false);
    await page.evaluate(click('presenter-act'));
    await until('the spin to fulfil the step', async () => (await at()).done);
    await until('the mark of the step', () =>
      page.evaluate(
        `document.querySelector('[data-test="condition"]')?.dataset.fulfilled === 'true'`,
      ),
    );

    await page.evaluate('window.isBeforeReload = true; location.reload()');
    await until('the new page', () => page.evaluate('window.isBeforeReload !== true'));
    await barAt(launch);

    await press('Period');
    await shown('black');
    await press('KeyB');
    await gone('black');
    const before = await move('PageUp');
    assert.ok(
      before.step === launch
        ? before.line < onLaunch.line || before.line === 0
        : before.step === launch - 1,
    );

    await press('Escape');
    await gone('presenter-bar');
    assert.equal((await at()).status, 'ended');
    // A remote sends F5 and Escape by turns from one button.
    await press('F5');
    await shown('presenter-bar');
    assert.equal((await at()).step, before.step, 'it goes on where it was');
  });
}
