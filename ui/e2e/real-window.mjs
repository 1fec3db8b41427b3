/*
 * Opens the real window of the desktop program and drives it: tauri-driver in front of WebKitWebDriver.
 *
 * Every test has directories of its own (data, settings, cache) and a driver of its own, because the program inherits
 * the driver's environment. Nothing here sleeps for a fixed time: everything waits for a condition.
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
/** Generous, because the machine that runs the tests may be busy; nobody waits this long on a good day. */
const PATIENCE_MS = 20_000;
/** A click that leads nowhere for so long did not reach the page. */
const LOST_CLICK_MS = 5_000;
/** How often a program is started when the driver loses it. */
const MOST_STARTS = 3;
/** A page that hangs must not keep its driver, its program and the rest of the tests. */
const QUIT_PATIENCE_MS = 3_000;

/** A script that chooses a language of the page, as its list does. */
export function speaking(lang) {
  return `{
    const list = document.querySelector('[data-test="language"]');
    list.value = '${lang}';
    list.dispatchEvent(new Event('change'));
  }`;
}

/** Directories that belong to one test, and the environment that makes the program use them. */
export function ownPlace(t, { language = 'en' } = {}) {
  const root = mkdtempSync(join(tmpdir(), 'reelscope-e2e-'));
  // What was opened last is closed first, and the directories go when nothing uses them any more.
  const closers = [
    // WebKit's helpers write their caches for a moment longer than the program lives.
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
 * The flags of a test's program: few players, so that the start is short, unless the test says how many. With
 * `place.asStarted` the problems are where a double click has them; with `place.calibrated` there are as many players as
 * this machine needs for a look-up of half a second.
 */
export function flags(place, more = []) {
  const players = place.calibrated || more.includes('--players') ? [] : ['--players', '2000'];
  // A window that is about something else is not to wait for the demo's slow provider, nor to meet its failures.
  const told = place.asStarted || more.includes('--problem');
  const problems = told ? [] : ['--problem', 'all=off'];
  const dataDir = place.dataDir ? ['--data-dir', place.dataDir] : [];
  return [...dataDir, ...players, ...problems, ...more];
}

/**
 * Starts the program under WebDriver. Closed, and waited for, when the test ends. WebKitWebDriver and the session bus lose a
 * start now and then on a loaded machine, before there is a page: a start is made again, and nothing after it.
 */
export async function openWindow(place, more = []) {
  const capabilities = new Capabilities();
  capabilities.setBrowserName('wry');
  capabilities.set('tauri:options', { application: BINARY, args: flags(place, more) });
  for (let attempt = 1; ; attempt++) {
    const { server, driverGone, driverProcess, stderr } = await startDriver(place);
    let driver;
    const close = async () => {
      // A test may have closed the window already; then there is no session left to quit.
      await Promise.race([driver?.quit().catch(() => {}), setTimeoutAsync(QUIT_PATIENCE_MS)]);
      driverProcess.kill();
      await driverGone;
      // The driver leaves the program to itself: it is asked to stop as a session manager would.
      for (const pid of programsOf(place)) process.kill(pid, 'SIGTERM');
      await until('the program to be gone', () => programsOf(place).length === 0);
    };
    try {
      driver = await new Builder().withCapabilities(capabilities).usingServer(server).build();
      place.closers.push(close);
      return new Page(driver);
    } catch (error) {
      await close();
      // What the program itself has to say is no fault of the driver.
      if (attempt === MOST_STARTS || /panicked| ERROR /.test(stderr())) throw error;
      console.error(`the driver lost start ${attempt}: ${error}\n${stderr()}`);
    }
  }
}

/** Starts tauri-driver in the environment of a test and waits until it answers. */
async function startDriver(place) {
  const [port, nativePort] = [await freePort(), await freePort()];
  const ports = ['--port', String(port), '--native-port', String(nativePort)];
  const stdio = ['ignore', 'ignore', 'pipe'];
  const driverProcess = spawn('tauri-driver', ports, { env: place.env, stdio });
  let words = '';
  // Of the driver, of WebKit's, and of the program that they start.
  driverProcess.stderr.setEncoding('utf8').on('data', (text) => (words += text));
  // Whoever inherited it and lives longer does not hold the tests up.
  driverProcess.stderr.unref();
  const driverGone = ended(driverProcess);
  const server = `http://127.0.0.1:${port}/`;
  await until('tauri-driver to answer', () => fetch(`${server}status`).then((reply) => reply.ok));
  return { server, driverProcess, driverGone, stderr: () => words };
}

/** What a person does with the page and sees on it; elements are named by their data-test attribute. */
export class Page {
  constructor(driver) {
    this.driver = driver;
  }

  /** Waits for the element to be there and visible. */
  async see(name, patience = PATIENCE_MS) {
    const visible = async () => {
      const found = await this.driver.findElements(By.css(`[data-test="${name}"]`));
      return found.length > 0 && (await found[0].isDisplayed()) && found[0];
    };
    try {
      return await until(`${name} to be visible`, visible, patience);
    } catch (error) {
      // Where CI shows nothing else of the page.
      const shown = await this.driver.executeScript(
        'return `${location.pathname}: ${document.querySelector("main")?.innerText.slice(0, 300)}`',
      );
      throw new Error(`${error.message}; the page shows ${shown}`, { cause: error });
    }
  }

  async isThere(name) {
    return (await this.driver.findElements(By.css(`[data-test="${name}"]`))).length > 0;
  }

  async click(name) {
    await (await this.see(name)).click();
    if (name.startsWith('nav-')) await this.arrive(name);
  }

  /** Waits for the page of a link of the header. WebKitWebDriver loses the first click of a new window now and then. */
  async arrive(name) {
    const isThere = async () => (await this.attribute(name, 'aria-current')) === 'page';
    const clicked = until(`${name} to be open`, isThere, LOST_CLICK_MS);
    if (await clicked.catch(() => false)) return;
    console.error(`the driver lost a click on ${name}`);
    await (await this.see(name)).click();
    await until(`${name} to be open`, isThere);
  }

  /** Changes the language. What is clicked before its phrases are there would lie elsewhere by the time of the click. */
  async speak(lang) {
    await this.see('language');
    // WebDriver misses what it clicks where the page is zoomed.
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

  /** An amount in minor units: what the page was told, without the digits' way of counting up. */
  async amount(name) {
    return Number(await this.attribute(name, 'data-amount'));
  }

  async count(name) {
    return (await this.driver.findElements(By.css(`[data-test="${name}"]`))).length;
  }

  /** The machine is on the screen, at rest, and the player is known. */
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

  /** Runs a spin to its end by whatever `start` does, and knows that it ran by the row that it adds. */
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

  /** Keeps a picture of the window, in which something must be seen. */
  async screenshot(name) {
    // WebKit answers with the next frame it draws, and a page at rest draws none: something invisible changes.
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

  /** A picture in each language, in which no text is cut off. */
  async inEach(name) {
    for (const lang of LANGUAGES) {
      await this.speak(lang);
      await this.screenshot(`${name}-${lang}`);
      assert.deepEqual(await this.cutOff(), [], `cut off in ${name}-${lang}`);
    }
  }

  /** Asks the gateway with the page's cookie, but past the page: what it asks itself is in its own trace. */
  async asked(path, { method = 'GET', body } = {}) {
    const [cookie] = await this.driver.manage().getCookies();
    const address = new URL(path, await this.driver.getCurrentUrl());
    const headers = {
      Cookie: `${cookie.name}=${cookie.value}`,
      'Content-Type': 'application/json',
    };
    return (await fetch(address, { method, headers, body: body && JSON.stringify(body) })).json();
  }

  /** What axe-core finds against the rules of accessibility, in a line each. */
  async violations() {
    await this.driver.executeScript(AXE);
    const found = await this.driver.executeAsyncScript(`
      const done = arguments[arguments.length - 1];
      axe.run(document, { resultTypes: ['violations'] }).then(
        ({ violations }) => done(violations.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target + ': ' + failureSummary))),
        (error) => done([String(error)]),
      );
    `);
    return found;
  }

  /** Asks the gateway as the page does, with the page's cookie. */
  async fetched(path) {
    return this.driver.executeAsyncScript(
      `const done = arguments[arguments.length - 1];
       fetch(arguments[0]).then((reply) => reply.json()).then(done, (error) => done({ error: String(error) }));`,
      path,
    );
  }

  /** Texts that do not fit into their boxes, or that stick out of the window. */
  async cutOff() {
    return this.driver.executeScript(`
      const cut = [];
      for (const element of document.querySelectorAll('body *')) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!own || element.closest('.visually-hidden, dialog:not([open]), svg, .mover, pre')) continue;
        // A name that is cut can be read where the pointer rests.
        if (element.closest('[title]')) continue;
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

/** Starts the program by itself, as a double click does. Resolves `.ended` with exit code and signal. */
export function startProgram(place, more = []) {
  const stdio = ['ignore', 'ignore', 'pipe'];
  return watched(place, spawn(BINARY, flags(place, more), { env: place.env, stdio }));
}

/** What a program says and how it ends; it is ended with the test. */
function watched(place, program) {
  let words = '';
  program.stderr.setEncoding('utf8').on('data', (text) => (words += text));
  const gone = ended(program);
  place.closers.push(async () => {
    try {
      process.kill(-program.pid, 'SIGKILL');
    } catch {
      // It leads no group, or is gone.
      program.kill('SIGKILL');
    }
    await gone;
  });
  return { process: program, ended: gone, stderr: () => words };
}

/** What `npm run build` makes. */
const PAGE = join(import.meta.dirname, '../dist/browser');
/** Nobody's number: an account without rights, as every Linux has it. */
const NOBODY = 65_534;

/**
 * Starts the program as a user without rights, with a session bus of his own. Where the tests do not run as root they are such a
 * user's already.
 */
export function startAsOrdinaryUser(place, more = []) {
  if (process.getuid() !== 0) return startProgram(place, more);
  // A home of root's, where a build may lie, is closed to others.
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
  // A debug build reads the page where it was built. Where that lies behind a door that is closed to others, it is
  // mounted at the same path in a place of its own.
  const isOpen =
    spawnSync('setpriv', [...user, 'test', '-r', join(PAGE, 'index.html')]).status === 0;
  if (!isOpen) {
    const page = join(place.root, 'page');
    mkdirSync(page);
    const [, top] = PAGE.split('/');
    // The gateway names it from its own folder.
    const gateway = join(import.meta.dirname, '../../services/api-gateway');
    const mount = `mount --bind "$0" "$1"; mount -t tmpfs -o mode=755 none "/${top}"; mkdir -p "$0" "$2"; mount --bind "$1" "$0"; shift 2; exec "$@"`;
    words.unshift('unshare', '--mount', 'sh', '-euc', mount, PAGE, page, gateway);
  }
  const [program, ...rest] = words;
  // A group of its own: what begins it and what it begins end together.
  const stdio = ['ignore', 'ignore', 'pipe'];
  return watched(place, spawn(program, rest, { env, stdio, detached: true }));
}

/** Runs `reelscope serve` in a test's own place until the test ends; answers where its page is. */
export function serve(place, more = [], listen = '127.0.0.1:0') {
  const words = ['--listen', listen, '--data-dir', place.dataDir, '--players', '2000'];
  return served(place, [...words, ...more]);
}

/** Somebody's recording in a viewer, and its address. */
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

/** A screen of this test's own; the place's programs open their windows on it. */
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

/** Presses keys as a keyboard does; WebDriver's own keys never reach the window, only its page. */
export function pressKeys(place, ...keys) {
  const xdotool = (...words) => {
    const done = spawnSync('xdotool', words, { env: place.env, encoding: 'utf8' });
    assert.equal(done.status, 0, `xdotool ${words.join(' ')}: ${done.stderr}`);
    return done.stdout.trim().split('\n');
  };
  // Without a window manager nobody gives the window the focus.
  const [window] = xdotool('search', '--onlyvisible', '--name', '^Reelscope$');
  xdotool('windowfocus', '--sync', window);
  xdotool('key', '--clearmodifiers', ...keys);
}

/** How many pixels of the screen have the gold of our mark and our button; only SPIN has many. */
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

/** SPIN is on the screen. */
export function spinShows(place) {
  return goldOnScreen(place) > 12_000;
}

/** Process ids of a program's children of this name, those that have ended left out. */
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

/** Process ids of the programs that use this test's data directory. */
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

/** Whether no program holds the name by which a second start finds the first; it outlives the process a moment. */
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

/** Asks again and again until the answer is truthy. An error counts as "not yet", and is told at the end. */
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
 * Whether a picture shows one colour only. PNG keeps the pixels, compressed, in its IDAT chunks, a row after another;
 * the rows of a single colour are all alike once the first is written, and those of a drawn page are not.
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

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function fail(sentence) {
  throw new Error(sentence);
}
