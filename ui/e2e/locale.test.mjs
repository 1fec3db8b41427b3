/* On a system without a language (`LANG=C.UTF-8`) every page and its charts are drawn. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openWindow, ownPlace, until } from './real-window.mjs';

test('no page stays blank where the system names no language', async (t) => {
  const place = ownPlace(t);
  Object.assign(place.env, { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' });
  delete place.env.LANGUAGE;
  const page = await openWindow(place);
  await page.ready();
  await page.spin(() => page.click('spin'));
  await until(
    'the trace to be whole',
    async () => (await page.attribute('spin-path', 'data-whole')) === 'true',
  );
  const shown = {
    traces: 'trace-row',
    issues: 'issues-empty',
    map: 'map',
    business: 'impact-page',
    delivery: 'delivery-page',
    settings: 'settings-page',
  };
  for (const [name, what] of Object.entries(shown)) {
    await page.click(`nav-${name}`);
    await page.see(what);
    assert.equal(await page.isThere('part-failed'), false, name);
  }
  await page.click('nav-business');
  for (const part of ['impact', 'releases', 'money']) {
    await page.click(`part-${part}`);
    await until(`${part} to say something`, () =>
      page.driver.executeScript(
        `return document.querySelector('rs-business-screen').innerText.trim().length > 40`,
      ),
    );
    assert.equal(await page.isThere('part-failed'), false, part);
  }
  assert.ok(
    await page.driver.executeScript(
      'return Intl.getCanonicalLocales([navigator.language, ...navigator.languages]).length > 0',
    ),
  );
});
