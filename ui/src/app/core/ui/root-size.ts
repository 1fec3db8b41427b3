/** The layout has room from here on, in rem. */
const LEAST = { width: 64, height: 40 };
/** Nothing is made smaller than that: what has no room is scrolled to. */
const LEAST_PX = 14;

/** How many pixels of CSS a rem has, when the style sheet asks for `asked`. */
export function rootSize(asked: number, width: number, height: number): number {
  return Math.max(LEAST_PX, Math.min(asked, width / LEAST.width, height / LEAST.height));
}

/**
 * Keeps a rem in proportion to the window, whatever enlarges the page. WebKitGTK enlarges a font size that follows the
 * window by the zoom, and by that of the desktop's text, a second time: it then follows the window and not the page.
 */
export function keepRootSize(): void {
  const root = document.documentElement;
  const fit = (): void => {
    root.style.removeProperty('font-size');
    const asked = parseFloat(getComputedStyle(root).fontSize);
    const size = rootSize(asked, innerWidth, innerHeight);
    if (size < asked) root.style.setProperty('font-size', `${size}px`);
  };
  addEventListener('resize', fit);
  fit();
}
