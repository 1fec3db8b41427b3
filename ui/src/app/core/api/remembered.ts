/*
 * What a person has set, as the program keeps it. The browser would keep it under the page's origin, and the port, which is
 * part of it, may be another one at the next start.
 */

const ADDRESS = '/api/preferences';
/** The gateway is on this machine; one that takes longer is not worth a blank window. */
const PATIENCE_MS = 1_500;
/** What could not be written is tried again. */
const AGAIN_MS = 5_000;
/** Where pages of an older build kept it in the browser, and what it is called there. */
const IN_BROWSER = 'reelscope.';
const MOVED: Record<string, { from: string; read: (text: string) => unknown }> = {
  language: { from: 'lang', read: (text) => text },
  account: { from: 'account', read: (text) => text },
  sound: { from: 'sound', read: (text) => text === 'on' },
  turbo: { from: 'turbo', read: (text) => text === 'on' },
  assumptions: { from: 'assumptions', read: (text) => JSON.parse(text) as unknown },
};

let values = new Map<string, unknown>();
/** Set here, and not yet with the program. */
const unwritten = new Map<string, unknown>();
let writing = false;
let timer: ReturnType<typeof setTimeout> | undefined;

/** Asks the program, once, before the page is drawn: no language and no account is shown for a moment and then another. */
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
    // The page says by itself that the gateway does not answer; until then it begins as for a new person.
  }
}

/** What was set under this name; undefined when nothing was. */
export function remembered(name: string): unknown {
  return values.get(name);
}

/** Holds at once for this page, and with the program as soon as it takes it. What is known already is not told again. */
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
      // A window that is closed in the next moment has said it all the same.
      keepalive: true,
      signal: AbortSignal.timeout(AGAIN_MS),
    });
    // A reply that nobody reads keeps its connection.
    await reply.text();
    // What is refused once is refused for good, and holds until the page is closed.
    if (reply.status >= 500) throw new Error(`${reply.status}`);
    for (const [name, value] of change) {
      if (unwritten.get(name) === value) unwritten.delete(name);
      if (reply.ok) forgetInBrowser(name);
    }
    writing = false;
    // Changed meanwhile.
    void write();
  } catch {
    writing = false;
    timer = setTimeout(() => void write(), AGAIN_MS);
  }
}

/** Pages of an older build kept it in the browser: it is taken over, and goes from there once the program has it. */
function takeFromBrowser(): void {
  for (const [name, { from, read }] of Object.entries(MOVED)) {
    try {
      const text = localStorage.getItem(IN_BROWSER + from);
      if (text === null) continue;
      remember(name, read(text));
      if (!unwritten.has(name)) forgetInBrowser(name);
    } catch {
      // Storage may be refused, and a text may be none that we wrote: there is nothing to take then.
    }
  }
}

function forgetInBrowser(name: string): void {
  try {
    const moved = MOVED[name];
    if (moved) localStorage.removeItem(IN_BROWSER + moved.from);
  } catch {
    // What is refused holds nothing.
  }
}
