/*
 * Preferences that the program stores. The browser would store them under the page's origin, whose
 * port may be another one at the next start.
 */

const ADDRESS = '/api/preferences';
/**
 * Limit of waiting for the gateway, in milliseconds. It is on this machine, and a slower reply is
 * not worth a blank window.
 */
const PATIENCE_MS = 1_500;
/** Pause before a failed write is repeated, in milliseconds. */
const AGAIN_MS = 5_000;
/** Prefix of the keys in the browser's storage from which preferences are taken over. */
const IN_BROWSER = 'reelscope.';
const MOVED: Record<string, { from: string; read: (text: string) => unknown }> = {
  language: { from: 'lang', read: (text) => text },
  account: { from: 'account', read: (text) => text },
  sound: { from: 'sound', read: (text) => text === 'on' },
  turbo: { from: 'turbo', read: (text) => text === 'on' },
};

let values = new Map<string, unknown>();
/** Values that are set here and not yet stored by the program. */
const unwritten = new Map<string, unknown>();
let writing = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/**
 * Reads the preferences once, before the page is drawn, so that language and account do not change
 * after it appears.
 */
export async function recall(): Promise<void> {
  values = new Map();
  unwritten.clear();
  clearTimeout(timer);
  try {
    const reply = await fetch(ADDRESS, {
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    const known: unknown = reply.ok ? await reply.json() : null;
    if (typeof known !== 'object' || known === null) return;
    values = new Map(Object.entries(known));
    takeFromBrowser();
  } catch {
    // The page reports by itself that the gateway does not answer; until then it starts without
    // preferences.
  }
}

/** The stored value of this name; undefined without one. */
export function remembered(name: string): unknown {
  return values.get(name);
}

/**
 * Sets a value for this page at once, and stores it in the program. A known value is not sent
 * again.
 */
export function remember(name: string, value: unknown): void {
  if (JSON.stringify(values.get(name)) === JSON.stringify(value)) return;
  values.set(name, value);
  unwritten.set(name, value);
  void write();
}

async function write(): Promise<void> {
  clearTimeout(timer);
  if (writing || unwritten.size === 0) return;
  writing = true;
  const change = new Map(unwritten);
  try {
    const reply = await fetch(ADDRESS, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(Object.fromEntries(change)),
      // The request survives a window that is closed in the next moment.
      keepalive: true,
      signal: AbortSignal.timeout(AGAIN_MS),
    });
    // An unread reply keeps its connection.
    await reply.text();
    // A refused value is not sent again, and holds until the page is closed.
    if (reply.status >= 500) throw new Error(`${reply.status}`);
    for (const [name, value] of change) {
      if (unwritten.get(name) === value) unwritten.delete(name);
      if (reply.ok) forgetInBrowser(name);
    }
    writing = false;
    // The value changed meanwhile.
    void write();
  } catch {
    writing = false;
    timer = setTimeout(() => void write(), AGAIN_MS);
  }
}

/**
 * Takes over preferences in the browser's storage, and deletes them there once the program has
 * them.
 */
function takeFromBrowser(): void {
  for (const [name, { from, read }] of Object.entries(MOVED)) {
    try {
      const text = localStorage.getItem(IN_BROWSER + from);
      if (text === null) continue;
      remember(name, read(text));
      if (!unwritten.has(name)) forgetInBrowser(name);
    } catch {
      // Storage may be disabled, and its content may be foreign; then there is nothing to take
      // over.
    }
  }
}

function forgetInBrowser(name: string): void {
  try {
    const moved = MOVED[name];
    if (moved) localStorage.removeItem(IN_BROWSER + moved.from);
  } catch {
    // Disabled storage has no content to delete.
  }
}
