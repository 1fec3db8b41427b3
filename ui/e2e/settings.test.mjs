/* The settings: every error has a text in both languages, values are stored, and scrubbed values are shown. */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { openWindow, ownPlace, until } from './real-window.mjs';

test('every mistake is said in both languages, beside the field that it is about', async (t) => {
  const place = ownPlace(t);
  const page = await openWindow(place);
  await page.ready();
  await page.click('nav-settings');
  const mistakes = [
    ['input-dsn', 'save-dsn', 'https://host/1', /key is missing/, /Не указан ключ/],
    [
      'input-dsn',
      'save-dsn',
      'https://key@host/shop',
      /not with the project name/,
      /а не его именем/,
    ],
    ['input-rate', 'save-rate', 'most', /from 0 to 100/, /от 0 до 100/],
    ['input-organization', 'save-organization', 'Acme Inc', /Letters, digits/, /латинские/],
  ];
  for (const [field, button, typed, english, russian] of mistakes) {
    await page.speak('en');
    const input = await shown(page, field);
    await input.clear();
    await input.sendKeys(typed);
    await page.click(button);
    await until(`${typed} to be refused`, async () =>
      english.test(await page.text('settings-page')),
    );
    assert.equal(await input.getAttribute('aria-invalid'), 'true');
    await page.speak('ru');
    assert.match(await page.text('settings-page'), russian);
  }
  await shown(page, 'input-organization');
  await page.inEach('settings-names');

  // The settings cannot be stored, because a file is in the place of their directory.
  await page.speak('ru');
  const directory = join(place.env.XDG_CONFIG_HOME, 'reelscope');
  // The chosen language is being stored there at this moment.
  await until('the file to stand there', () => {
    rmSync(directory, { recursive: true, force: true });
    writeFileSync(directory, '');
    return true;
  });
  await (await shown(page, 'input-environment')).sendKeys('-2');
  await page.click('save-environment');
  await until('the refusal', async () =>
    /Не удалось записать файл настроек/.test(await page.text('settings-page')),
  );
  await page.inEach('settings-unwritable');
  rmSync(directory);
  await page.click('save-environment');
  await until('it to be saved', async () => /Saved/.test(await page.text('settings-state')));

  const organization = await shown(page, 'input-organization');
  await organization.clear();
  await organization.sendKeys('https://acme-games.sentry.io/issues/');
  await page.click('save-organization');
  await until(
    'the slug',
    async () => (await page.asked('/api/settings')).organization === 'acme-games',
  );
  assert.equal(await organization.getAttribute('value'), 'acme-games');
});

test('what was scrubbed is listed with its rule; the switch is there where there is scrubbing', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  const settings = await page.asked('/api/settings');
  const { protocol, username, host, pathname } = new URL(settings.collector_dsn);
  const event_id = crypto.randomUUID().replaceAll('-', '');
  // A program of a customer that scrubs by itself reports it in the same way.
  const event = {
    event_id,
    message: 'hello [Filtered]',
    _meta: { message: { '': { rem: [['@email:filter', 's', 6, 16]], len: 23 } } },
  };
  const body = `{"event_id":"${event_id}"}\n{"type":"event"}\n${JSON.stringify(event)}\n`;
  const address = `${protocol}//${host}/api${pathname}/envelope/?sentry_key=${username}`;
  assert.equal((await fetch(address, { method: 'POST', body })).status, 200);
  await page.click('nav-delivery');
  const { envelopes } = await page.asked('/api/telemetry/envelopes');
  const { seq } = envelopes.find(({ slot }) => slot === 'external');
  const row = await until('its row', () =>
    page.driver.executeScript(
      `return document.querySelector('[data-test="envelope"][data-seq="${seq}"]')`,
    ),
  );
  await row.click();
  assert.match(await page.text('scrubbed'), /^message\s*email address$/);
  await page.inEach('delivery-scrubbed');

  await page.click('nav-settings');
  await page.see('sending');
  assert.equal(settings.scrubbing, true);
  await page.click('scrubbing');
  await until('it to be off', async () => (await page.asked('/api/settings')).scrubbing === false);
});

/** Returns the element after scrolling to it. */
async function shown(page, name) {
  const element = await page.see(name);
  await page.driver.executeScript(`arguments[0].scrollIntoView({ block: 'center' })`, element);
  return element;
}
