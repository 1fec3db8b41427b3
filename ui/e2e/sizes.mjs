/* The sizes of windows in which every screen has to be right, and what is looked for in each. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { layoutFaults } from './layout-faults.mjs';

const SCREENSHOTS = join(import.meta.dirname, 'screenshots');
/** Inner sizes of windows, in CSS pixels. */
const SIZES = [
  [1024, 640],
  [1024, 768],
  [1280, 720],
  [1280, 800],
  [1920, 1080],
  [3840, 2160],
];
/** A zoomed page has less room. */
const ZOOMS = [1, 1.25, 1.5];
/** From this size on nothing scrolls horizontally, and SPIN is visible. */
const LEAST = { width: 1024, height: 640 };
/** WebKitGTK enlarges text by more than it shrinks the page; this is the smallest size in rem that remains. */
const DENSE = [
  { width: 1024, height: 640, rem: 16 },
  { width: 1280, height: 693, rem: 17.3 },
];

export const views = [...DENSE];
for (const [width, height] of SIZES)
  for (const zoom of ZOOMS) {
    const view = { width: Math.round(width / zoom), height: Math.round(height / zoom) };
    // Beyond this size a rem depends on the window, so larger windows look like the smaller ones of the same shape.
    if (zoom > 1 && view.width > 1280) continue;
    // A higher window of the same width scrolls by as much.
    const isCovered = ({ width, height, rem }) =>
      !rem &&
      width === view.width &&
      (height === view.height || (zoom > 1 && height < view.height));
    if (!views.some(isCovered)) views.push(view);
  }

export const go = (path) =>
  `history.pushState(null, '', ${JSON.stringify(path)}); dispatchEvent(new Event('popstate'));`;
export const there = (name) => `!!document.querySelector('[data-test="${name}"]')`;
/** Waits for an element before it is clicked. */
export const click = (name) => `await (async () => {
  for (;;) {
    const found = document.querySelector('[data-test="${name}"]');
    if (found) return found.click();
    await new Promise(requestAnimationFrame);
  }
})();`;
/** The faults in one size, one per line. */
export async function faultsIn(page, { width, height, rem }, name) {
  await page.resize(width, height);
  const asked = {
    sideways: width < LEAST.width,
    // Colours are equal in every size.
    contrasts: width === 1280 && height === 800,
  };
  const sees = width >= LEAST.width && height >= LEAST.height && name === 'machine';
  return page.evaluate(
    inPage(`
      const { style } = document.documentElement;
      style.setProperty('font-size', '${rem ? `${rem}px` : ''}', 'important');
      // Elements that depend on the size are drawn in the next frame.
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
      const moving = document.getAnimations().filter((each) => each instanceof CSSTransition);
      await Promise.allSettled(moving.map(({ finished }) => finished));
      const faults = ${layoutFaults(asked)};
      if (${sees}) {
        const spin = document.querySelector('[data-test="spin"]').getBoundingClientRect();
        const rem = parseFloat(getComputedStyle(document.documentElement).fontSize);
        const isThere = spin.left >= 0 && spin.top >= 0 && spin.right <= innerWidth && spin.bottom <= innerHeight;
        if (!isThere || spin.width < 6 * rem || spin.height < 2.5 * rem)
          faults.push('SPIN is out of sight or small: ' + JSON.stringify(spin));
      }
      return faults;
    `),
  );
}

/** The body of an async function as an expression. */
export const inPage = (body) => `(async () => { ${body} })()`;

export async function picture(page, name) {
  mkdirSync(SCREENSHOTS, { recursive: true });
  writeFileSync(join(SCREENSHOTS, `${name}.png`), await page.picture());
}
