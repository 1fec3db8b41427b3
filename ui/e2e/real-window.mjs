/*
 * Opens the real window of the desktop program and drives it with tauri-driver and WebKitWebDriver. Every test has its
 * own directories (data, settings, cache) and its own driver, because the program inherits the driver's environment.
 * Tests wait for conditions and never for a fixed time.
 */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as setTimeoutAsync } from 'node:timers/promises';
import { inflateSync } from 'node:zlib';
import { Builder, By, Capabilities } from 'selenium-webdriver';
import { LANGUAGES, systemLocale } from './languages.mjs';

export const BINARY =
  process.env.REELSCOPE_DESKTOP ?? fail('run scripts/e2e.sh, which builds the program');
const AXE = readFileSync(join(import.meta.dirname, 'node_modules/axe-core/axe.min.js'), 'utf8');
export const SCREENSHOTS = join(import.meta.dirname, 'screenshots');
/** Limit of waiting for a condition, in milliseconds; generous, because the machine may be busy. */
const PATIENCE_MS = 20_000;
/** Number of starts of a program if the driver loses it. */
const MOST_STARTS = 3;
/** Limit of a question whether the driver is ready, in milliseconds. */
const DRIVER_STATUS_MS = 2_000;
/** Lowest port for a driver; well-known programs listen below it. */
const FIRST_PORT = 12_000;
/** Limit of every command, in milliseconds, so that a page that hangs does not block the other tests. */
const QUIT_PATIENCE_MS = 3_000;

/** A script that chooses a language as the list of languages does. */
export function speaking(lang) {
  return `{
    const list = document.querySelector('[data-test="language"]');
    list.value = '${lang}';
    list.dispatchEvent(new Event('change'));
  }`;
}

/** The directories of one test, and the environment that makes the program use them. */
export function ownPlace(t, { language = 'en' } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'reelscope-e2e-'));
  // In reverse order of opening; the directories are removed last.
  const closers = [
    // WebKit's helper processes write their caches for a moment after the program has ended.
    () =>
      until("the test's directories to be removed", () => {
        rmSync(root, { recursive: true, force: true });
        return true;
      }),
    () => until('the session to be free for another program', sessionIsFree),
  ];
  t.after(async () => {
    for (const close of closers.reverse()) await close();
  });
  const place = (name) => {
    const path = join(root, name);
    mkdirSync(path);
    return path;
  };
  return {
    root,
    closers,
    dataDir: join(root, 'players-and-ledger'),
    env: {
      ...process.env,
      XDG_DATA_HOME: place('data'),
      XDG_CONFIG_HOME: place('config'),
      MESA_SHADER_CACHE_DISABLE: 'true',
      XDG_CACHE_HOME: place('cache'),
      LC_ALL: systemLocale(language),
    },
  };
}

/**
 * The flags of a test's program: few players for a short start, unless the test says how many. With `place.asStarted`
 * the problems are as after a double click; with `place.calibrated` there are as many players as a look-up of half a
 * second needs on this machine.
 */
export function flags(place, more = []) {
  const players = place.calibrated || more.includes('--players') ? [] : ['--players', '2000'];
  // Tests of other features need neither the demo's slow provider nor its failures.
  const told = place.asStarted || more.includes('--problem');
  const problems = told ? [] : ['--problem', 'all=off'];
  const dataDir = place.dataDir ? ['--data-dir', place.dataDir] : [];
  return [...dataDir, ...players, ...problems, ...more];
}

/**
 * Starts the program under WebDriver, and closes it when the test ends. On a loaded machine WebKitWebDriver and the
 * session bus sometimes lose a start before there is a page, so a start is repeated, and nothing after it.
 */
export async function openWindow(place, more = []) {
  const capabilities = new Capabilities();
  capabilities.setBrowserName('wry');
  capabilities.set('tauri:options', { application: BINARY, args: flags(place, more) });
  for (let attempt = 1; ; attempt++) {
    const tauriDriver = await startDriver(place);
    let driver;
    const close = async () => {
      // If the test has closed the window already, there is no session to end.
      await Promise.race([driver?.quit().catch(() => {}), setTimeoutAsync(QUIT_PATIENCE_MS)]);
      await tauriDriver.stop();
      // The driver does not stop the program, so it gets a signal as from a session manager.
      for (const pid of programsOf(place)) process.kill(pid, 'SIGTERM');
      await until('the program to be gone', () => programsOf(place).length === 0);
    };
    try {
      await tauriDriver.answers();
      driver = await new Builder()
        .withCapabilities(capabilities)
        .usingServer(tauriDriver.server)
        .build();
      place.closers.push(close);
      return new Page(driver);
    } catch (error) {
      // A driver that is left running would keep the file of tests from ending.
      await close().catch((more) => console.error(`${more}`));
      // Errors of the program itself are reported by the test.
      if (attempt === MOST_STARTS || /panicked| ERROR /.test(tauriDriver.stderr())) throw error;
      console.error(`the driver lost start ${attempt}: ${error}\n${tauriDriver.stderr()}`);
    }
  }
}

/** Starts tauri-driver in the environment of a test. */
async function startDriver(place) {
  const [port, nativePort] = await freePorts(2);
  const ports = ['--port', String(port), '--native-port', String(nativePort)];
  const stdio = ['ignore', 'ignore', 'pipe'];
  const driverProcess = spawn('tauri-driver', ports, { env: place.env, stdio });
  let words = '';
  // The output of the driver, of WebKit's driver, and of the program.
  driverProcess.stderr.setEncoding('utf8').on('data', (text) => (words += text));
  // A process that inherits the pipe and lives longer must not delay the end of the tests.
  driverProcess.stderr.unref();
  const gone = ended(driverProcess);
  const server = `http://127.0.0.1:${port}/`;
  const status = async () => {
    const signal = AbortSignal.timeout(DRIVER_STATUS_MS);
    return (await fetch(`${server}status`, { signal })).ok;
  };
  return {
    server,
    answers: () => until('tauri-driver to answer', status),
    stderr: () => words,
    stop: async () => {
      driverProcess.kill();
      await Promise.race([gone, setTimeoutAsync(QUIT_PATIENCE_MS, null, { ref: false })]);
      driverProcess.kill('SIGKILL');
      await gone;
    },
  };
}

/** Actions of a person on the page, and what is visible; elements are identified by `data-test`. */
export class Page {
  constructor(driver) {
    this.driver = driver;
  }

  /** Waits until the element exists and is visible. */
  async see(name, patience = PATIENCE_MS) {
    const visible = async () => {
      const found = await this.driver.findElements(By.css(`[data-test="${name}"]`));
      return found.length > 0 && (await found[0].isDisplayed()) && found[0];
    };
    try {
      return await until(`${name} to be visible`, visible, patience);
    } catch (error) {
      // For CI, whose log shows nothing else of the page.
      const shown = await this.driver.executeScript(
        'return `${location.pathname}: ${document.querySelector("main")?.innerText.slice(0, 300)}`',
      );
      throw new Error(`${error.message}; the page shows ${shown}`, { cause: error });
    }
  }

  /** Ids of the problems of the story, in its order. */
  async problems() {
    const { faults } = await this.asked('/api/faults');
    return faults.filter(({ group }) => group === 'story').map(({ id }) => id);
  }

  async isThere(name) {
    return (await this.driver.findElements(By.css(`[data-test="${name}"]`))).length > 0;
  }

  /** Clicks an element; a link of the header also opens its page. */
  async click(name) {
    const element = await this.see(name);
    // WebKit's driver takes an element for visible that a scrolling area around it hides.
    await this.driver.executeScript(`arguments[0].scrollIntoView({ block: 'nearest' })`, element);
    await element.click();
    if (!name.startsWith('nav-')) return;
    const isThere = async () => (await this.attribute(name, 'aria-current')) === 'page';
    await until(`${name} to be open`, isThere);
  }

  /** Changes the language, and waits for its phrases, because they move the elements that are clicked next. */
  async speak(lang) {
    await this.see('language');
    // WebDriver misses an element that it clicks in a zoomed page.
    await this.driver.executeScript(speaking(lang));
    await until(`the page to be ${lang}`, () =>
      this.driver.executeScript('return document.documentElement.lang === arguments[0]', lang),
    );
  }

  async text(name) {
    return (await this.see(name)).getText();
  }

  async attribute(name, attribute) {
    return (await this.see(name)).getAttribute(attribute);
  }

  /** An amount in minor units: its final value, not one that is shown while it counts. */
  async amount(name) {
    return Number(await this.attribute(name, 'data-amount'));
  }

  async count(name) {
    return (await this.driver.findElements(By.css(`[data-test="${name}"]`))).length;
  }

  /** Waits until the machine is on the screen and at rest, and the player is known. */
  async ready() {
    await this.see('balance');
    await this.reels('idle');
  }

  async reels(state) {
    await until(
      `the reels to be ${state}`,
      async () => (await this.attribute('reels', 'data-state')) === state,
    );
  }

  /** Runs a spin that `start` begins to its end, which is known by its new entry. */
  async spin(start) {
    const before = await this.count('recent-spin');
    await start();
    await until(
      'the spin to have its result',
      async () => (await this.count('recent-spin')) > before,
    );
    await this.reels('idle');
  }

  async focused() {
    return this.driver.executeScript('return document.activeElement?.dataset.test ?? null');
  }

  async press(...keys) {
    await this.driver
      .actions()
      .sendKeys(...keys)
      .perform();
  }

  /** Saves a screenshot, which must not be blank. */
  async screenshot(name) {
    // WebKit answers with the next frame that it draws, so an invisible change makes it draw one.
    await this.driver.executeScript(`
      const speck = Object.assign(document.createElement('i'), { id: 'speck' });
      Object.assign(speck.style, { position: 'fixed', inset: '0 auto auto 0', width: '1px', height: '1px' });
      document.body.append(speck);
      let shade = 0;
      const change = () => {
        speck.style.background = 'rgb(10 12 ' + (17 + (shade++ % 2)) + ')';
        if (speck.isConnected) requestAnimationFrame(change);
      };
      change();
    `);
    const png = Buffer.from(await this.driver.takeScreenshot(), 'base64');
    await this.driver.executeScript(`document.getElementById('speck').remove()`);
    mkdirSync(SCREENSHOTS, { recursive: true });
    writeFileSync(join(SCREENSHOTS, `${name}.png`), png);
    if (isBlank(png)) throw new Error(`the picture ${name} is blank`);
    return png;
  }

  /** A screenshot in each language, without cut texts and, with `axe`, without violations of accessibility rules. */
  async inEach(name, { axe = false } = {}) {
    for (const lang of LANGUAGES) {
      await this.speak(lang);
      await this.screenshot(`${name}-${lang}`);
      assert.deepEqual(await this.cutOff(), [], `cut off in ${name}-${lang}`);
      if (axe) assert.deepEqual(await this.violations(), [], `axe-core in ${name}-${lang}`);
    }
  }

  /** Sends a request with the page's cookie, but not from the page, whose requests belong to its trace. */
  async asked(path, { method = 'GET', body } = {}) {
    const [cookie] = await this.driver.manage().getCookies();
    const address = new URL(path, await this.driver.getCurrentUrl());
    const headers = {
      Cookie: `${cookie.name}=${cookie.value}`,
      'Content-Type': 'application/json',
    };
    return (await fetch(address, { method, headers, body: body && JSON.stringify(body) })).json();
  }

  /**
   * The violations of accessibility rules that axe-core finds, one per line. It reads the page in several steps, so what
   * it finds in a page that moved meanwhile is of no state that anybody saw.
   */
  async violations() {
    await this.driver.executeScript(AXE);
    const { found } = await until('the page to stand still while axe-core reads it', async () => {
      const read = await this.driver.executeAsyncScript(`
        const done = arguments[arguments.length - 1];
        const places = () => [...document.querySelectorAll('body *')].map((element) => {
          const { x, y, width, height } = element.getBoundingClientRect();
          return [x, y, width, height].map(Math.round).join();
        }).join(' ');
        const before = places();
        axe.run(document, { resultTypes: ['violations'] }).then(
          ({ violations }) => done({
            moved: places() !== before,
            found: violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ': ' + failureSummary)),
          }),
          (error) => done({ moved: false, found: [String(error)] }),
        );
      `);
      return read.moved && read.found.length > 0 ? null : read;
    });
    return found;
  }

  /** Sends a request from the page, with its cookie. */
  async fetched(path) {
    return this.driver.executeAsyncScript(
      `const done = arguments[arguments.length - 1];
       fetch(arguments[0]).then((reply) => reply.json()).then(done, (error) => done({ error: String(error) }));`,
      path,
    );
  }

  /** Texts that do not fit into their boxes or extend beyond the window. */
  async cutOff() {
    return this.driver.executeScript(`
      const cut = [];
      for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!own || element.closest('.visually-hidden, dialog:not([open]), svg, .mover, pre')) continue;
        // The tooltip contains a name that is cut.
        if (element.closest('[data-tip]')) continue;
        const box = element.getBoundingClientRect();
        if (box.width === 0) continue;
        const style = getComputedStyle(element);
        const inline = style.display === 'inline';
        if (!inline && (element.scrollWidth > element.clientWidth + 1 || element.scrollHeight > element.clientHeight + 2))
          cut.push('too long for its box: ' + element.textContent.trim());
        if (box.right > innerWidth + 1 || box.left < -1) cut.push('out of the window: ' + element.textContent.trim());
      }
      return cut;
    `);
  }
}

/** Starts the program directly, as a double click does. `.ended` resolves to exit code and signal. */
export function startProgram(place, more = []) {
  const stdio = ['ignore', 'ignore', 'pipe'];
  return watched(place, spawn(BINARY, flags(place, more), { env: place.env, stdio }));
}

/** The output of a program and how it ends; it is stopped with the test. */
function watched(place, program) {
  let words = '';
  program.stderr.setEncoding('utf8').on('data', (text) => (words += text));
  const gone = ended(program);
  place.closers.push(async () => {
    try {
      process.kill(-program.pid, 'SIGKILL');
    } catch {
      // It leads no process group, or has ended.
      program.kill('SIGKILL');
    }
    await gone;
  });
  return { process: program, ended: gone, stderr: () => words };
}

/** The output of `npm run build`. */
const PAGE = join(import.meta.dirname, '../dist/browser');
/** The id of an account without rights, which every Linux has. */
const NOBODY = 65_534;

/**
 * Starts the program as a user without rights, with a session bus of its own. If the tests do not run as root, their
 * user is one already.
 */
export function startAsOrdinaryUser(place, more = []) {
  if (process.getuid() !== 0) return startProgram(place, more);
  // Other users cannot read root's home directory, which may contain the build.
  const binary = join(place.root, 'reelscope-desktop');
  copyFileSync(BINARY, binary);
  chmodSync(place.root, 0o755);
  mkdirSync(place.dataDir);
  for (const path of [
    place.dataDir,
    ...['DATA', 'CONFIG', 'CACHE'].map((kind) => place.env[`XDG_${kind}_HOME`]),
  ])
    chownSync(path, NOBODY, NOBODY);
  const user = ['--reuid', NOBODY, '--regid', NOBODY, '--clear-groups'].map(String);
  const env = { ...place.env, HOME: place.env.XDG_DATA_HOME };
  for (const name of ['DBUS_SESSION_BUS_ADDRESS', 'XDG_RUNTIME_DIR']) delete env[name];
  const words = ['setpriv', ...user, 'dbus-run-session', '--', binary, ...flags(place, more)];
  // A debug build reads the page from the directory of the build. If other users cannot read it, it is mounted at the
  // same path in a mount namespace.
  const isOpen =
    spawnSync('setpriv', [...user, 'test', '-r', join(PAGE, 'index.html')]).status === 0;
  if (!isOpen) {
    const page = join(place.root, 'page');
    mkdirSync(page);
    const [, top] = PAGE.split('/');
    // The gateway's path is relative to its own directory.
    const gateway = join(import.meta.dirname, '../../services/api-gateway');
    const mount = `mount --bind "$0" "$1"; mount -t tmpfs -o mode=755 none "/${top}"; mkdir -p "$0" "$2"; mount --bind "$1" "$0"; shift 2; exec "$@"`;
    words.unshift('unshare', '--mount', 'sh', '-euc', mount, PAGE, page, gateway);
  }
  const [program, ...rest] = words;
  // A process group of its own, so that all its processes can be stopped together.
  const stdio = ['ignore', 'ignore', 'pipe'];
  return watched(place, spawn(program, rest, { env, stdio, detached: true }));
}

/** Runs `reelscope serve` with the directories of a test until the test ends; returns the address of its page. */
export function serve(place, more = [], listen = '127.0.0.1:0') {
  const players = more.includes('--players') ? [] : ['--players', '2000'];
  return served(place, ['--listen', listen, '--data-dir', place.dataDir, ...players, ...more]);
}

/** Opens a recording in a viewer and returns its address. */
export function look(place, file) {
  return served(place, ['--listen', '127.0.0.1:0', '--telemetry', file]);
}

async function served(place, words) {
  const server = spawn(join(dirname(BINARY), 'reelscope'), ['serve', ...words], {
    env: place.env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = ended(server);
  place.closers.push(async () => {
    server.kill('SIGTERM');
    await gone;
  });
  const [line] = await Promise.race([
    once(createInterface(server.stdout), 'line'),
    gone.then(({ code }) => fail(`reelscope serve ended with ${code}`)),
  ]);
  return JSON.parse(line).ui;
}

/** A screen for this test alone; programs of the place open their windows on it. */
export async function ownScreen(place, size) {
  const xvfb = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', `${size}x24`, '-nolisten', 'tcp', '-noreset'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const gone = ended(xvfb);
  place.closers.push(async () => {
    xvfb.kill();
    await gone;
  });
  const number = await new Promise((resolve, reject) => {
    xvfb.once('error', reject);
    xvfb.stdio[3].once('data', (text) => resolve(String(text).trim()));
  });
  place.env = { ...place.env, DISPLAY: `:${number}` };
}

/** Presses keys as a keyboard does; WebDriver's keys reach only the page and never the window. */
export function pressKeys(place, ...keys) {
  // Without a window manager no window gets the focus by itself.
  command(place, 'xdotool', 'windowfocus', '--sync', numberOf(place, '^Reelscope$'));
  command(place, 'xdotool', 'key', '--clearmodifiers', ...keys);
}

/** Closes the window with this title as its button does; WebDriver closes only its page. */
export function closeWindow(place, title) {
  const script = join(import.meta.dirname, 'close-window.py');
  command(place, 'python3', script, numberOf(place, title));
}

/** The number of the window whose title matches. */
function numberOf(place, title) {
  const found = command(place, 'xdotool', 'search', '--onlyvisible', '--name', title);
  return found.trim().split('\n')[0];
}

function command(place, name, ...words) {
  const done = spawnSync(name, words, { env: place.env, encoding: 'utf8' });
  assert.equal(done.status, 0, `${name} ${words.join(' ')}: ${done.stderr}`);
  return done.stdout;
}

/** Number of pixels of the screen with the gold of the mark and of SPIN; only SPIN has many. */
export function goldOnScreen(place) {
  const words = ['-window', 'root', '-depth', '8', 'rgb:-'];
  const taken = spawnSync('import', words, { env: place.env, maxBuffer: 1 << 28 });
  assert.equal(taken.status, 0, String(taken.stderr));
  let gold = 0;
  for (let at = 0; at < taken.stdout.length; at += 3) {
    const [red, green, blue] = taken.stdout.subarray(at, at + 3);
    if (red > 215 && green > 150 && green < 225 && blue > 30 && blue < 150) gold += 1;
  }
  return gold;
}

/** Waits until SPIN is on the screen. */
export function spinShows(place) {
  return goldOnScreen(place) > 12_000;
}

/** Ids of a program's running child processes of this name. */
export function childrenOf(parent, name) {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => {
      try {
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state, ppid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return (
          Number(ppid) === parent &&
          state !== 'Z' &&
          readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0].endsWith(name)
        );
      } catch {
        return false; // it ended meanwhile
      }
    })
    .map(Number);
}

/** Ids of the processes that use this test's data directory. */
export function programsOf(place) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words[0] === BINARY && words.includes(place.dataDir);
      } catch {
        return false; // it ended meanwhile
      }
    })
    .map(Number);
}

/**
 * Whether the name on the session bus is free by which a second start finds the first; it outlives the process by a
 * moment.
 */
function sessionIsFree() {
  const question = [
    '--session',
    '--print-reply',
    '--dest=org.freedesktop.DBus',
    '/org/freedesktop/DBus',
  ];
  const name = ['org.freedesktop.DBus.NameHasOwner', 'string:dev.reelscope.desktop.SingleInstance'];
  const answer = spawnSync('dbus-send', [...question, ...name], { encoding: 'utf8' });
  return answer.stdout.includes('boolean false');
}

/**
 * Repeats a question until its answer is truthy. An error counts as "not yet", and the last one is reported on a
 * timeout.
 */
export async function until(what, ask, patience = PATIENCE_MS) {
  const deadline = performance.now() + patience;
  let last;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadline)
      throw new Error(`waited ${patience} ms for ${what}`, { cause: last });
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/**
 * Whether a picture has a single colour. PNG stores the compressed rows in its IDAT chunks. The rows of a single colour
 * are equal after the first one; those of a drawn page are not.
 */
function isBlank(png) {
  const width = png.readUInt32BE(16);
  const bytesPerPixel = { 2: 3, 6: 4 }[png[25]];
  const parts = [];
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    if (png.toString('latin1', at + 4, at + 8) === 'IDAT')
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  const pixels = inflateSync(Buffer.concat(parts));
  const stride = width * bytesPerPixel + 1;
  const rows = new Set();
  for (let at = 0; at < pixels.length; at += stride)
    rows.add(pixels.toString('latin1', at, at + stride));
  return rows.size < 50;
}

function ended(child) {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}

/**
 * Ports on which nobody listens, all different, for a program that cannot report the port it got. They lie below the
 * range from which the kernel takes the ports of outgoing connections, because a connection could take one of that
 * range before the program listens.
 */
async function freePorts(count) {
  const range = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8');
  const above = Number(range.split(/\s/)[0]);
  if (above <= FIRST_PORT) fail(`outgoing connections take all ports from ${above} on`);
  const held = [];
  while (held.length < count) {
    const server = createServer();
    const port = FIRST_PORT + Math.floor(Math.random() * (above - FIRST_PORT));
    const listens = once(server.listen(port, '127.0.0.1'), 'listening');
    if (await listens.then(Boolean, isTaken)) held.push(server);
  }
  const ports = held.map((server) => server.address().port);
  await Promise.all(held.map((server) => once(server.close(), 'close')));
  return ports;
}

function isTaken(error) {
  if (error.code === 'EADDRINUSE') return false;
  throw error;
}

function fail(sentence) {
  throw new Error(sentence);
}
