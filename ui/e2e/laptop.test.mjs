/* Conditions of laptops: proxies, locales, small screens, crashing processes, directories without write permission. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import {
  childrenOf,
  goldOnScreen,
  openWindow,
  ownPlace,
  ownScreen,
  pressKeys,
  programsOf,
  spinShows,
  startAsOrdinaryUser,
  startProgram,
  until,
} from './real-window.mjs';

/** The variable that determines how WebKitGTK draws. */
const DRAWING = 'WEBKIT_DISABLE_DMABUF_RENDERER';
/** The smallest size for which the page has a layout. */
const LEAST = [1024, 640];

test('a proxy of the environment is never asked for the page', async (t) => {
  const asked = [];
  const proxy = createServer((socket) => {
    socket.once('data', (text) => {
      asked.push(String(text).split('\r\n')[0]);
      socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n');
    });
    socket.on('error', () => {});
  });
  await new Promise((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  t.after(() => proxy.close());
  const place = ownPlace(t);
  const address = `http://127.0.0.1:${proxy.address().port}`;
  for (const name of [
    'http_proxy',
    'https_proxy',
    'all_proxy',
    'HTTP_PROXY',
    'HTTPS_PROXY',
    'ALL_PROXY',
  ])
    place.env[name] = address;
  delete place.env.no_proxy;
  delete place.env.NO_PROXY;

  // Without WebDriver, whose own requests would use the proxy.
  await ownScreen(place, '1600x1000');
  startProgram(place);
  await until('SPIN', () => spinShows(place));
  assert.deepEqual(asked, []);
});

for (const locale of ['C.UTF-8', 'POSIX', 'nonsense']) {
  test(`a locale that is no language gives the page one that is (${locale})`, async (t) => {
    const place = ownPlace(t);
    for (const name of ['LANGUAGE', 'LC_MESSAGES', 'LC_ALL']) delete place.env[name];
    place.env.LANG = locale;

    const page = await openWindow(place);

    await page.ready();
    const languages = await page.driver.executeScript('return [...navigator.languages]');
    assert.deepEqual(languages, ['en-US']);
    const formatted = await page.driver.executeScript(
      'return new Intl.NumberFormat(navigator.language).format(1234.5)',
    );
    assert.equal(formatted, '1,234.5');
  });
}

test('a page whose process dies is opened anew, and said to be', async (t) => {
  const place = ownPlace(t);
  await ownScreen(place, '1600x1000');
  const program = startProgram(place);
  const web = () => childrenOf(program.process.pid, 'WebKitWebProcess');
  await until('SPIN', () => spinShows(place));
  const [first] = web();

  process.kill(first, 'SIGKILL');

  await until('another process', () => web().length === 1 && web()[0] !== first);
  await until('the log', () => program.stderr().includes('opened anew'));
  await until('SPIN again', () => spinShows(place));
});

test('a page whose process dies again and again is given up, with a word and a way back', async (t) => {
  const place = ownPlace(t);
  await ownScreen(place, '1600x1000');
  const program = startProgram(place);
  const web = () => childrenOf(program.process.pid, 'WebKitWebProcess');
  await until('SPIN', () => spinShows(place));
  // The page is reopened three times; then the splash page, in another process, shows the reason.
  for (let time = 0; time < 4; time += 1) {
    const [pid] = await until('a process', () => web().length === 1 && web());
    process.kill(pid, 'SIGKILL');
    await until('it to be gone', () => !web().includes(pid));
    if (time < 3) await until('SPIN', () => spinShows(place));
  }
  await until('the log', () => program.stderr().includes('it is not opened any more'));

  // A second start shows the page again.
  const second = startProgram(place);

  assert.deepEqual(await second.ended, { code: 0, signal: null });
  await until('SPIN', () => spinShows(place));
});

test('a page that does not come is told, with a way to try again', async (t) => {
  const place = ownPlace(t);
  await ownScreen(place, '1600x1000');
  const program = startProgram(place);
  const network = () => childrenOf(program.process.pid, 'WebKitNetworkProcess')[0];
  process.kill(await until('the network process', network), 'SIGSTOP');

  await until('the log', () => program.stderr().includes('the page has not come'), 40_000);
  assert.ok(!spinShows(place));

  process.kill(network(), 'SIGCONT');
  // The retry button has the focus and the colour of SPIN.
  await until('the message', () => goldOnScreen(place) > 300);
  pressKeys(place, 'Return');
  await until('SPIN', () => spinShows(place));
});

test('an ordinary user plays', async (t) => {
  const place = ownPlace(t);
  await ownScreen(place, '1600x1000');
  const program = startAsOrdinaryUser(place);
  await until('SPIN', () => spinShows(place));
  pressKeys(place, 'space');
  await until('the spin to run', () => !spinShows(place));
  await until('the spin to be over', () => spinShows(place));
  assert.doesNotMatch(program.stderr(), / WARN | ERROR |panicked/);
});

test('the data directory of an earlier build is taken over', async (t) => {
  const place = ownPlace(t);
  mkdirSync(place.dataDir);
  const archive = join(import.meta.dirname, '../../services/stack/tests/data/earlier-build.tar.gz');
  assert.equal(spawnSync('tar', ['xzf', archive, '-C', place.dataDir]).status, 0);
  const page = await openWindow(place);
  await page.ready();
  assert.equal(await page.count('set-aside'), 0);
  await page.click('tab-rounds');
  await page.see('round-row');
  await page.click('tab-problems');
  await page.spin(() => page.click('spin'));
});

test('a network process that dies does not lock the page out', async (t) => {
  const place = ownPlace(t);
  await ownScreen(place, '1600x1000');
  const program = startProgram(place);
  await until('SPIN', () => spinShows(place));
  const spins = async () => {
    pressKeys(place, 'space');
    await until('the spin to run', () => !spinShows(place));
    await until('the spin to be over', () => spinShows(place));
  };
  const gold = goldOnScreen(place);
  const isVeiled = () => goldOnScreen(place) < 0.8 * gold;
  await spins();
  // Only the page that is opened anew has no veil, because this one has the list of keys over it.
  pressKeys(place, 'question');
  await until('the list of keys', isVeiled);
  const [network] = childrenOf(program.process.pid, 'WebKitNetworkProcess');

  process.kill(network, 'SIGKILL');

  // The cookie of the launch is lost with the process, so the next request is refused.
  await until('the log', () => program.stderr().includes('the page is opened anew'));
  await until('the page opened anew', () => !isVeiled());
  await spins();
});

test('a program that is started again while it is closing opens again', async (t) => {
  const place = ownPlace(t);
  await ownScreen(place, '1600x1000');
  const program = startProgram(place, ['--problem', 'slow-provider=on']);
  await until('SPIN', () => spinShows(place));
  const web = (of) => childrenOf(of.process.pid, 'WebKitWebProcess')[0];
  const before = web(program);
  pressKeys(place, 'space');
  await until('the spin to run', () => !spinShows(place));
  program.process.kill('SIGTERM');

  const second = startProgram(place, ['--problem', 'slow-provider=on']);

  // The first process either opens its window again, or has ended before the second start.
  const gone = await Promise.race([program, second].map(async (one) => [one, await one.ended]));
  assert.deepEqual(gone[1], { code: 0, signal: null });
  const living = gone[0] === program ? second : program;
  await until('another page', () => web(living) && web(living) !== before);
  await until('SPIN again', () => spinShows(place));
  living.process.kill('SIGTERM');
  assert.deepEqual(await living.ended, { code: 0, signal: null });
});

test('a program that is started twice at once opens its page once', async (t) => {
  const place = ownPlace(t);
  await ownScreen(place, '1600x1000');
  const programs = [startProgram(place), startProgram(place)];

  const first = await Promise.race(programs.map(async (one) => [one, await one.ended]));

  assert.deepEqual(first[1], { code: 0, signal: null });
  await until('SPIN', () => spinShows(place));
  for (const { stderr } of programs) assert.doesNotMatch(stderr(), /opened anew/);
});

for (const { set, told } of [
  { set: {}, told: drawnHere() },
  { set: { [DRAWING]: '0', GDK_GL: 'legacy' }, told: ['0', 'legacy'] },
]) {
  test(`the process of the page is told how to draw: ${told}`, async (t) => {
    const place = ownPlace(t);
    for (const name of [DRAWING, 'GDK_GL']) delete place.env[name];
    Object.assign(place.env, set);
    await ownScreen(place, '1600x1000');

    const program = startProgram(place);

    const page = await until('a process of the page', () => {
      return childrenOf(program.process.pid, 'WebKitWebProcess')[0];
    });
    const environment = Object.fromEntries(
      readFileSync(`/proc/${page}/environ`, 'utf8')
        .split('\0')
        .map((line) => [line.split('=', 1)[0], line.slice(line.indexOf('=') + 1)]),
    );
    assert.deepEqual([environment[DRAWING], environment.GDK_GL], told);
  });
}

for (const { size, env = {}, name } of [
  { size: '1280x720', name: '1280×720' },
  { size: '1024x768', name: '1024×768' },
  { size: '800x600', name: '800×600' },
  { size: '1920x1080', env: { GDK_SCALE: '2' }, name: '1920×1080 with scale 2' },
  { size: '1920x1080', env: { GDK_DPI_SCALE: '1.25' }, name: '1920×1080 at 120 dpi' },
  { size: '1280x720', env: { GDK_DPI_SCALE: '1.5' }, name: '1280×720 at 144 dpi' },
  { size: '1920x1080', env: { GDK_DPI_SCALE: '2' }, name: '1920×1080 at 192 dpi' },
]) {
  test(`the window and its page have room on a screen of ${name}`, async (t) => {
    const place = ownPlace(t);
    await ownScreen(place, size);
    Object.assign(place.env, env);

    const page = await openWindow(place);

    await page.ready();
    const [width, height] = size.split('x').map((side) => side / (env.GDK_SCALE ?? 1));
    const rect = await page.driver.manage().window().getRect();
    assert.ok(rect.width <= width && rect.height <= height, JSON.stringify(rect));
    const inner = await page.driver.executeScript('return [innerWidth, innerHeight]');
    assert.ok(inner[0] >= LEAST[0] - 1 && inner[1] >= LEAST[1] - 1, `${inner}`);
    const bottom = await page.driver.executeScript(
      `return document.querySelector('[data-test="spin"]').getBoundingClientRect().bottom`,
    );
    assert.ok(bottom <= inner[1], `SPIN ends at ${bottom} of ${inner[1]}`);
    await page.inEach(`screen-${size}${Object.values(env).map((value) => `@${value}`)}`);
  });
}

test('the page is zoomed by keys, which is remembered', async (t) => {
  const place = ownPlace(t);
  const width = async (page) => page.driver.executeScript('return innerWidth');
  const first = await openWindow(place);
  await first.ready();
  const before = await width(first);

  pressKeys(place, 'ctrl+plus');
  await until('a larger page', async () => (await width(first)) < before);
  pressKeys(place, 'ctrl+0');
  await until('the page as it was', async () => (await width(first)) === before);
  pressKeys(place, 'ctrl+minus');
  await until('a smaller page', async () => (await width(first)) > before);
  const smaller = await width(first);
  await first.driver.close();
  await until('the program to end', () => programsOf(place).length === 0);

  const second = await openWindow(place);

  await second.ready();
  await until('the zoom', async () => (await width(second)) === smaller);
});

for (const { name, env, args = () => [] } of [
  { name: 'a home that cannot be made', env: { HOME: '/proc/nowhere' } },
  { name: 'a data home that cannot be made', env: { XDG_DATA_HOME: '/proc/nowhere' } },
]) {
  test(`${name} is told in the window, with an exit code`, async (t) => {
    const place = ownPlace(t);
    for (const variable of ['XDG_DATA_HOME', 'XDG_CONFIG_HOME', 'XDG_CACHE_HOME'])
      delete place.env[variable];
    Object.assign(place.env, env);
    await ownScreen(place, '1280x800');
    const program = startProgram({ ...place, dataDir: undefined }, args(place));
    await until('the failure', () => program.stderr().includes('the services do not run'));
    program.process.kill('SIGTERM');
    assert.deepEqual(await program.ended, { code: 13, signal: null }, program.stderr());
    assert.doesNotMatch(program.stderr(), /panicked|backtrace/);
  });
}

test('a data home that cannot be written is none of the concern of a data directory that can', async (t) => {
  const place = ownPlace(t);
  Object.assign(place.env, { XDG_DATA_HOME: '/proc/nowhere', XDG_CONFIG_HOME: '/proc/nowhere' });
  await ownScreen(place, '1280x800');
  startProgram(place);
  await until('SPIN', () => spinShows(place));
  pressKeys(place, 'space');
  await until('the spin to run', () => !spinShows(place));
  await until('the spin to be over', () => spinShows(place));
});

for (const { name, env } of [
  { name: 'no display', env: {} },
  { name: 'a display that is not there', env: { DISPLAY: ':4711' } },
  {
    name: 'Wayland where there is none',
    env: { GDK_BACKEND: 'wayland', DISPLAY: process.env.DISPLAY },
  },
]) {
  test(`${name} is told in one sentence`, async (t) => {
    const place = ownPlace(t);
    for (const variable of ['DISPLAY', 'WAYLAND_DISPLAY', 'GDK_BACKEND'])
      delete place.env[variable];
    Object.assign(place.env, env);
    const program = startProgram(place);
    assert.deepEqual(await program.ended, { code: 27, signal: null });
    const told = program.stderr();
    assert.match(told, /there is no display for the window .*reelscope serve/);
    assert.doesNotMatch(told, /panicked|backtrace/);
  });
}

/** How the page is drawn on this machine: the values of that variable and of GTK's own. */
function drawnHere() {
  const devices = existsSync('/dev/dri') ? readdirSync('/dev/dri') : [];
  if (existsSync('/proc/driver/nvidia')) return ['1', undefined];
  return devices.some((name) => name.startsWith('renderD'))
    ? [undefined, undefined]
    : ['1', 'disable'];
}
