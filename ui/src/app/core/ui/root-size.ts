/** The smallest width and height for which the layout has room, in rem. */
const LEAST = { width: 64, height: 40 };
/** Smallest size of a rem, in pixels; what then has no room is reached by scrolling. */
const LEAST_PX = 14;

/** The size of a rem in CSS pixels, if the style sheet computes `asked`. */
export function rootSize(asked: number, width: number, height: number, belowRem = 0): number {
  const least = LEAST.height + belowRem;
  return Math.max(LEAST_PX, Math.min(asked, width / LEAST.width, height / least));
}

/** How much larger a rem is on a stage. */
const PRESENTER = 1.25;
/** Marks the page of a presenter, on which hints are hidden. */
const MARK = 'presenter';
let fit: () => void = () => undefined;
/** Height of what is shown below the page, in rem. */
let below = 0;

/** Makes room below the page, because the layout of the page needs its least height above it. */
export function reserveBelow(rem: number): void {
  below = rem;
  fit();
}

/** Enlarges everything for the back of a room, as far as the layout has room for that. */
export function present(on: boolean): void {
  document.documentElement.classList.toggle(MARK, on);
  fit();
}

/**
 * Keeps a rem in proportion to the window. WebKitGTK applies the zoom of the page and of the desktop's text twice to a
 * font size that depends on the window, so that the layout would have too little room.
 */
export function keepRootSize(): void {
  const root = document.documentElement;
  fit = (): void => {
    root.style.removeProperty('font-size');
    const asked = parseFloat(getComputedStyle(root).fontSize);
    const enlarged = asked * (root.classList.contains(MARK) ? PRESENTER : 1);
    const size = rootSize(enlarged, innerWidth, innerHeight, below);
    if (size !== asked) root.style.setProperty('font-size', `${size}px`);
  };
  addEventListener('resize', fit);
  fit();
}
