/** The smallest width and height for which the layout has room, in rem. */
const LEAST = { width: 64, height: 40 };
/** Smallest size of a rem, in pixels; what then has no room is reached by scrolling. */
const LEAST_PX = 14;

/** The size of a rem in CSS pixels, if the style sheet computes `asked`. */
export function rootSize(asked: number, width: number, height: number): number {
  return Math.max(LEAST_PX, Math.min(asked, width / LEAST.width, height / LEAST.height));
}

/**
 * Keeps a rem in proportion to the window. WebKitGTK applies the zoom of the page and of the desktop's text twice to a
 * font size that depends on the window, so that the layout would have too little room.
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
