/*
 * The shared parts of the measuring scripts: helpers for the page, frames of the reels, percentiles, and the table of
 * figures.
 */

/** Longest duration of a frame on a screen of 60 Hz, in milliseconds. */
const LATE_MS = 25;

/** The figures so far, for `console.table`. */
export const figures = [];

/**
 * Helpers for the measured code in the page. `frame()` waits for the next frame and returns its time. `open()` opens
 * another page of the program. `watchFrames()` measures a number of frames, or until `done()`: the time since the
 * previous one, the time of its script, and of all work from its begin until it was drawn. Work that the program
 * requests for later or for the next frame counts as script; `step()` is called in each frame.
 */
export const TOOLS = `
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  const open = async (path) => {
    if (location.pathname !== path) {
      history.pushState(null, '', path);
      dispatchEvent(new PopStateEvent('popstate'));
    }
    for (let calm = 0; calm < 30; calm += 1) await frame();
  };
  const watchFrames = (count, step, done = () => false) => new Promise((told) => {
    const { requestAnimationFrame: ask, setTimeout: later } = window;
    let script = 0;
    const counted = (callback) => (...values) => {
      const begun = performance.now();
      try { return callback(...values); } finally { script += performance.now() - begun; }
    };
    window.requestAnimationFrame = (callback) => ask.call(window, counted(callback));
    window.setTimeout = (callback, ...rest) =>
      later.call(window, typeof callback === 'function' ? counted(callback) : callback, ...rest);
    const frames = [];
    let last;
    let work = 0;
    const look = (now) => {
      if (last !== undefined) frames.push({ time: now - last, script, work });
      last = now;
      script = 0;
      work = 0;
      if (frames.length === count || done()) {
        Object.assign(window, { requestAnimationFrame: ask, setTimeout: later });
        return told(frames);
      }
      // A message is handled after this frame has been drawn.
      const { port1, port2 } = new MessageChannel();
      const begun = performance.now();
      port1.onmessage = () => {
        work = performance.now() - begun;
        port1.close();
      };
      step(frames.length);
      port2.postMessage(null);
      ask.call(window, look);
    };
    ask.call(window, look);
  });
`;

/** Runs the body of an async function in the page of the window. */
export async function inPage(page, body) {
  const answer = await page.driver.executeAsyncScript(`
    const done = arguments[arguments.length - 1];
    ${TOOLS}
    (async () => { ${body} })().then((value) => done({ value }), (error) => done({ error: String(error) }));
  `);
  if (answer.error) throw new Error(answer.error);
  return answer.value;
}

/** The body of a function that spins a number of times and returns the frames of the reels. */
export function spinningReels(spins) {
  return `
    await open('/');
    const reels = () => document.querySelector('[data-test="reels"]');
    while (reels()?.dataset.state !== 'idle') await frame();
    const frames = [];
    for (let spin = 0; spin < ${spins}; spin += 1) {
      while (document.querySelector('[data-test=spin]').disabled) await frame();
      document.querySelector('[data-test=spin]').click();
      while (reels().dataset.state === 'idle') await frame();
      frames.push(...(await watchFrames(1_000, () => {}, () => reels().dataset.state === 'idle')));
    }
    return frames;`;
}

export function tellReels(name, what, frames) {
  const times = frames.map(({ time }) => time);
  tell(`${name}: frame of the reels ${what}, P50`, at(times, 50), 'ms');
  tell(`${name}: frame of the reels ${what}, P95`, at(times, 95), 'ms');
  tell(`${name}: frame of the reels ${what}, worst`, at(times, 100), 'ms');
  tell(`${name}: script of such a frame, mean`, mean(frames.map(({ script }) => script)), 'ms');
  tell(
    `${name}: frames late of the reels ${what}, of ${frames.length}`,
    (late(frames) / frames.length) * 100,
    '%',
  );
}

export function late(frames) {
  return frames.filter(({ time }) => time > LATE_MS).length;
}

export function mean(values) {
  return values.reduce((sum, each) => sum + each, 0) / values.length;
}

/** Nearest rank. */
export function at(values, percent) {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(Math.ceil((percent / 100) * sorted.length) - 1, 0)];
}

export function tell(what, value, unit, most) {
  const rounded = Math.round(value * 10) / 10;
  figures.push({
    what,
    measured: unit === '' ? rounded : `${rounded} ${unit}`,
    ...(most === undefined ? {} : { 'at most': most, reached: value <= most }),
  });
}
