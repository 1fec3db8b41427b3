import assert from 'node:assert/strict';
import { once } from 'node:events';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';
import test from 'node:test';
import { By } from 'selenium-webdriver';
import { LANGUAGES, shellPhrases } from './languages.mjs';
import { openWindow, ownPlace, programsOf, startProgram, until } from './real-window.mjs';

/**
 * Limit of closing, in milliseconds. A few tenths of a second are usual; waiting for open streams would take at least
 * 1.5 seconds.
 */
const CLOSING_MS = 1_200;

test('a second start gives way to the first window', async (t) => {
  const first = ownPlace(t);
  const page = await openWindow(first);
  await page.ready();

  const second = startProgram(ownPlace(t));

  assert.deepEqual(await second.ended, { code: 0, signal: null });
  assert.equal(programsOf(first).length, 1);
  await page.spin(() => page.click('spin'));
});

test('a second start opens a page anew that has lost the token of the launch', async (t) => {
  const page = await openWindow(ownPlace(t));
  await page.ready();
  const holdsToken = async () => (await page.driver.manage().getCookies()).length > 0;
  const loseToken = async () => {
    await page.driver.manage().deleteAllCookies();
    assert.ok(!(await holdsToken()));
  };
  const isRepaired = async () => {
    // Not awaited, because the page is left when the refusal comes.
    await page.driver.executeScript(`fetch('/api/faults').catch(() => {})`);
    return holdsToken();
  };
  // A refused request has the page opened anew, three times a minute at most.
  for (let time = 0; time < 3; time += 1) {
    await loseToken();
    await until('the token', isRepaired);
    await page.ready();
  }
  await loseToken();

  const second = startProgram(ownPlace(t));

  assert.deepEqual(await second.ended, { code: 0, signal: null });
  await until('the token', holdsToken);
  await page.ready();
  await page.spin(() => page.click('spin'));
});

test('language and account are there again after a restart, on another port too', async (t) => {
  const place = ownPlace(t);
  const first = await openWindow(place);
  await first.ready();
  await first.click('account');
  const input = await first.see('account-input');
  await input.clear();
  await input.sendKeys('RS-000002');
  await first.click('account-apply');
  await until('the other account', async () => (await first.amount('balance')) === 450);
  await first.speak('ru');
  await until('Russian', async () => (await first.text('spin')) === 'КРУТИТЬ');
  await first.driver.close();
  await until('the program to end', () => programsOf(place).length === 0);
  // Another program uses the remembered port.
  const port = Number(readFileSync(join(place.dataDir, 'port'), 'utf8'));
  const other = createServer();
  // A process releases its sockets last.
  await until('the port to be free', async () => {
    other.listen(port, '127.0.0.1');
    await once(other, 'listening');
    return true;
  });
  t.after(() => other.close());

  const second = await openWindow(place);

  await second.ready();
  assert.notEqual(Number(new URL(await second.driver.getCurrentUrl()).port), port);
  assert.equal(await second.text('spin'), 'КРУТИТЬ');
  assert.match(await second.text('account'), /RS-000002/);
});

test('closing the window ends the program, although its event streams never end', async (t) => {
  const place = ownPlace(t);
  const page = await openWindow(place);
  await page.ready();
  const asked = Date.now();

  await page.driver.close();

  await until('the program to end', () => programsOf(place).length === 0);
  assert.ok(Date.now() - asked < CLOSING_MS, `it took ${Date.now() - asked} ms`);
});

test('SIGTERM ends the program with exit code 0, and the next start finds data and port', async (t) => {
  const place = ownPlace(t);
  // The page works again at its old address.
  let port;
  for (const start of ['first', 'second']) {
    const program = startProgram(place);
    await until(`the ${start} start`, () =>
      holdsOpen(program.process.pid, join(place.dataDir, 'wallets')),
    );
    port ??= await until('the port', () => readFileSync(join(place.dataDir, 'port'), 'utf8'));
    await until(`the ${start} start to answer`, async () => {
      const health = await fetch(`http://127.0.0.1:${port}/api/v1/health`);
      return health.ok;
    });
    const asked = Date.now();
    program.process.kill('SIGTERM');
    assert.deepEqual(await program.ended, { code: 0, signal: null }, program.stderr());
    assert.ok(Date.now() - asked < CLOSING_MS, `it took ${Date.now() - asked} ms`);
  }
});

test('the page stays where it is and reaches nothing of the program', async (t) => {
  const place = ownPlace(t);
  const opened = join(place.root, 'opened-in-browser');
  place.env = {
    ...place.env,
    PATH: `${browserThatNotes(place, opened)}${delimiter}${place.env.PATH}`,
  };
  const page = await openWindow(place);
  await page.ready();
  const home = await page.driver.getCurrentUrl();
  assert.match(home, /^http:\/\/127\.0\.0\.1:\d+\/$/, 'the token has left the address');

  const refusal = await page.driver.executeAsyncScript(`
    const done = arguments[0];
    const invoke = window.__TAURI_INTERNALS__?.invoke;
    if (!invoke) done('no bridge at all');
    else invoke('plugin:opener|open_url', { url: 'https://example.com/' }).then(() => done(null), (error) => done(String(error)));
  `);
  assert.ok(refusal, 'a Tauri command must be refused');

  // A link, and a link to a new window.
  for (const [number, target] of ['_self', '_blank'].entries()) {
    const address = `https://example.com/${number}`;
    await page.driver.executeScript(
      `const link = Object.assign(document.createElement('a'), { href: arguments[0], target: arguments[1] });
       Object.assign(link.style, { position: 'fixed', inset: '0 auto auto 0', zIndex: 99 });
       link.id = 'foreign';
       link.textContent = 'elsewhere';
       document.body.append(link);`,
      address,
      target,
    );
    // By a real click, because a browser blocks new windows without one.
    await page.driver.findElement(By.id('foreign')).click();
    await page.driver.executeScript(`document.getElementById('foreign').remove()`);
    await until(`the browser to get ${address}`, () =>
      readFileSync(opened, 'utf8').includes(`${address}\n`),
    );
  }
  await page.driver.executeScript(`location.assign('file:///etc/passwd')`);
  // Going back would lead to the empty page with which the window opened.
  await page.driver.executeScript('history.back()');

  await page.spin(() => page.click('spin'));
  assert.equal(await page.driver.getCurrentUrl(), home);
  assert.equal((await page.driver.getAllWindowHandles()).length, 1);
  assert.deepEqual(readFileSync(opened, 'utf8').trim().split('\n'), [
    'https://example.com/0',
    'https://example.com/1',
  ]);
});

for (const language of LANGUAGES) {
  test(`a start that fails is explained (${language})`, async (t) => {
    const place = fileInsteadOfDirectory(ownPlace(t, { language }));
    const page = await openWindow(place);

    const text = await page.text('failure');

    assert.ok(text.includes(shellPhrases(language).cannot_start), text);
    assert.ok(text.includes('data_dir_unwritable'), text);
    assert.ok(text.includes(place.dataDir), 'markup in a path stays text');
    assert.equal(
      await page.driver.executeScript('return document.querySelectorAll("#message b").length'),
      0,
    );
    await page.screenshot(`failure-${language}`);
  });
}

test('a start that fails ends with the exit code of its cause', async (t) => {
  const program = startProgram(fileInsteadOfDirectory(ownPlace(t)));
  await until('the failure to be logged', () =>
    program.stderr().includes('the services do not run'),
  );
  program.process.kill('SIGTERM');
  assert.deepEqual(await program.ended, { code: 13, signal: null });
});

for (const language of LANGUAGES) {
  test(`settings that are not valid are explained (${language})`, async (t) => {
    const place = ownPlace(t, { language });
    const dir = join(place.env.XDG_CONFIG_HOME, 'reelscope');
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'settings.json'), '{"dsn": 7}');
    const page = await openWindow(place);

    const text = await page.text('failure');

    const { sentence } = shellPhrases(language).failures.settings_invalid;
    assert.ok(text.includes(sentence), text);
    assert.ok(text.includes('settings_invalid (17)'), text);
    assert.ok(text.includes(join(dir, 'settings.json')), text);
    await page.screenshot(`settings-invalid-${language}`);
  });
}

/** Whether the process has opened a file in the directory, so that its database is open. */
function holdsOpen(pid, directory) {
  const files = `/proc/${pid}/fd`;
  return readdirSync(files).some((number) =>
    readlinkSync(join(files, number)).startsWith(directory),
  );
}

/** Puts a file in the place of the data directory. */
function fileInsteadOfDirectory(place) {
  const dataDir = join(place.root, '<b>a file<!--');
  writeFileSync(dataDir, '');
  return { ...place, dataDir };
}

/** A directory with an `xdg-open` that writes its arguments to a file. */
function browserThatNotes(place, opened) {
  const bin = join(place.root, 'bin');
  mkdirSync(bin);
  writeFileSync(opened, '');
  writeFileSync(join(bin, 'xdg-open'), `#!/bin/sh\nprintf '%s\\n' "$1" >> '${opened}'\n`);
  chmodSync(join(bin, 'xdg-open'), 0o755);
  return bin;
}
