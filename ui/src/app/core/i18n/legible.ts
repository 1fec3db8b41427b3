/**
 * Isolates that separate a text from its neighbours: it has a direction of its own and does not
 * affect others.
 */
const ISOLATE = '\u2068';
const END_OF_ISOLATE = '\u2069';

/**
 * Invisible characters that change a text: controls, marks and overrides of direction (UAX #9), and
 * characters without width. Joiners are excluded, because Persian, Hindi and emoji need them. Half
 * a surrogate pair is no character.
 */
const HIDDEN =
  /(?![\t\n])\p{Cc}|[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e007f}]|\p{Surrogate}/gu;
/** Scripts that are written from right to left. */
const LEFTWARD = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

/**
 * Makes a text fully visible: hidden characters are replaced by names such as ␛ or ⟨U+202E⟩.
 * Balanced isolates affect nothing outside and stay, so that applying this twice changes nothing
 * more.
 */
export function legible(text: string): string {
  if (text.search(HIDDEN) < 0) return text;
  const paired = pairsIn(text);
  return text.replace(HIDDEN, (hidden, at: number) => (paired.has(at) ? hidden : nameOf(hidden)));
}

/** Isolates the text, so that it can stand beside others in a line. */
export function isolated(text: string): string {
  const seen = legible(text);
  return LEFTWARD.test(seen) ? ISOLATE + seen + END_OF_ISOLATE : seen;
}

/** Joins texts in one line and leaves out empty ones. */
export function joined(separator: string, texts: readonly string[]): string {
  return texts
    .filter((text) => text !== '')
    .map(isolated)
    .join(separator);
}

/** The beginning of a long text; the caller shows where the whole text is. */
export function brief(text: string, most: number): string {
  if (text.length <= most) return text;
  // No character is cut in half.
  const end = /[\ud800-\udbff]/.test(text.charAt(most - 2)) ? most - 2 : most - 1;
  return `${text.slice(0, end)}…`;
}

/** The positions of isolates and their ends that belong together. */
function pairsIn(text: string): ReadonlySet<number> {
  const paired = new Set<number>();
  const open: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === ISOLATE) open.push(at);
    else if (text[at] === END_OF_ISOLATE) {
      const begin = open.pop();
      if (begin !== undefined) paired.add(begin).add(at);
    }
  }
  return paired;
}

function nameOf(hidden: string): string {
  const code = hidden.codePointAt(0) ?? 0;
  if (code < 0x20) return String.fromCodePoint(0x2400 + code);
  if (code === 0x7f) return '␡';
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, '0')}⟩`;
}
