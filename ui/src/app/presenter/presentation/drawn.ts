/** Limit of waiting for a part of a page to be drawn, in milliseconds. */
export const DRAWN_MS = 5_000;

/** What `find` returns once that is not null, asked with each frame; null if it does not come. */
export function drawn(
  find: () => Element | null,
  limitMs: number = DRAWN_MS,
): Promise<Element | null> {
  const ends = performance.now() + limitMs;
  return new Promise((resolve) => {
    const look = (): void => {
      const found = find();
      if (found || performance.now() > ends) resolve(found);
      else requestAnimationFrame(look);
    };
    look();
  });
}

/** The first element of these selectors that has a size, by the order of the selectors. */
export function firstShown(selectors: readonly string[]): Element | null {
  for (const selector of selectors) {
    const found = [...document.querySelectorAll(selector)].find(isShown);
    if (found) return found;
  }
  return null;
}

function isShown(element: Element): boolean {
  return element.getBoundingClientRect().height > 0;
}
