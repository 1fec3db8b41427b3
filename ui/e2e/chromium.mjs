/*
 * Chromium without a driver: commands of the DevTools protocol over two pipes, separated by zero bytes. For the page in
 * a browser, for measurements, and for tests that WebDriver is too slow for.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];

/** The name of the first Chromium on the path, or undefined. */
export function findChromium() {
  return NAMES.find((name) => spawnSync(name, ['--version']).status === 0);
}

/** The same, or an error if there is none. */
export function needChromium() {
  const program = findChromium();
  if (!program) throw new Error('Chromium is missing; scripts/setup.sh --test installs it');
  return program;
}

/**
 * Opens `address` in a browser of its own, with the cookies of another one in WebDriver's format. It is headless and
 * draws 60 frames a second. `size` is in CSS pixels; `first` is a script that runs before those of each page.
 */
export async function openChromium(
  program,
  { address, cookies, size: [width, height], first = '' },
) {
  const home = mkdtempSync(join(tmpdir(), 'reelscope-chromium-'));
  // With the display or the session bus of the window, Chromium would wait for frames that never come.
  const env = { ...process.env };
  for (const name of ['DISPLAY', 'DBUS_SESSION_BUS_ADDRESS', 'XAUTHORITY']) delete env[name];
  const browser = spawn(
    program,
    [
      '--headless=new',
      // Chromium does not run its sandbox as root.
      ...(process.getuid() === 0 ? ['--no-sandbox'] : []),
      '--no-first-run',
      '--remote-debugging-pipe',
      `--user-data-dir=${home}`,
      `--window-size=${width},${height}`,
      'about:blank',
    ],
    { env, stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const waiting = new Map();
  const gone = new Promise((resolve) => browser.once('exit', resolve)).then(() => {
    for (const { reject } of waiting.values()) reject(new Error('Chromium has ended'));
    waiting.clear();
  });
  let last = 0;
  let text = '';
  browser.stdio[4].setEncoding('utf8').on('data', (part) => {
    text += part;
    for (let end = text.indexOf('\0'); end >= 0; end = text.indexOf('\0')) {
      const message = JSON.parse(text.slice(0, end));
      text = text.slice(end + 1);
      const { resolve, reject } = waiting.get(message.id) ?? {};
      waiting.delete(message.id);
      if (message.error) reject?.(new Error(message.error.message));
      else resolve?.(message.result);
    }
  });
  const tell = (method, params = {}, sessionId) =>
    new Promise((resolve, reject) => {
      last += 1;
      if (browser.exitCode !== null || browser.signalCode !== null)
        return reject(new Error('Chromium has ended'));
      waiting.set(last, { resolve, reject });
      browser.stdio[3].write(`${JSON.stringify({ id: last, method, params, sessionId })}\0`);
    });
  let sessionId;
  const page = (method, params) => tell(method, params, sessionId);
  const resize = (width, height) =>
    page('Emulation.setDeviceMetricsOverride', {
      width,
      height,
      // The layout depends on CSS pixels alone, so a large page is rendered at a lower resolution.
      deviceScaleFactor: width > 2000 ? 0.25 : 1,
      mobile: false,
    });
  const close = async () => {
    await Promise.race([tell('Browser.close').catch(() => {}), gone]);
    await gone;
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    const { targetInfos } = await tell('Target.getTargets');
    const { targetId } = targetInfos.find(({ type }) => type === 'page');
    ({ sessionId } = await tell('Target.attachToTarget', { targetId, flatten: true }));
    await resize(width, height);
    // Without emulation no element has the focus, because the window is in the background.
    await page('Emulation.setFocusEmulationEnabled', { enabled: true });
    for (const { name, value } of cookies)
      await page('Network.setCookie', { name, value, url: new URL(address).origin });
    if (first !== '') {
      await page('Page.enable');
      await page('Page.addScriptToEvaluateOnNewDocument', { source: first });
    }
    await page('Page.navigate', { url: address });
  } catch (error) {
    // A browser that is left running would keep the file of tests from ending.
    await close();
    throw error;
  }
  return {
    /** Evaluates an expression in the page, awaits it, and returns its value. */
    async evaluate(expression) {
      const { result, exceptionDetails } = await page('Runtime.evaluate', {
        expression,
        awaitPromise: true,
        returnByValue: true,
      });
      if (exceptionDetails)
        throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
    /** Resizes the page, in CSS pixels. */
    resize,
    /** Presses a key, by its name and its Windows code. */
    async press(key, windowsVirtualKeyCode) {
      for (const type of ['rawKeyDown', 'keyUp'])
        await page('Input.dispatchKeyEvent', { type, key, code: key, windowsVirtualKeyCode });
    },
    /** A screenshot as PNG. */
    async picture() {
      const { data } = await page('Page.captureScreenshot', { format: 'png' });
      return Buffer.from(data, 'base64');
    },
    close,
  };
}
