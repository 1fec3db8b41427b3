/** Values that survive a reload of the page and end with its tab. */

const PREFIX = 'reelscope.';

/** The kept value of this name; null without one. */
export function keptInTab(name: string): unknown {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + name) ?? 'null') as unknown;
  } catch {
    // Without storage nothing is kept.
    return null;
  }
}

/** Keeps a JSON value; without storage it ends with the page. */
export function keepInTab(name: string, value: unknown): void {
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(value));
  } catch {
    // The page works without it.
  }
}
