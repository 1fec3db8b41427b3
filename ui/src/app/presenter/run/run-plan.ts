/** How a script plays itself: once, with a report of its steps, or over and over, as on a booth. */
export type RunKind = 'rehearsal' | 'booth';

/** How much faster than a person reads aloud. */
export const SPEEDS = [1, 2, 4, 8] as const;
export type Speed = (typeof SPEEDS)[number];

/** Time of a person for a letter that is read aloud, and for a breath before a line, in milliseconds. */
const LETTER_MS = 65;
const BREATH_MS = 700;

/** Time in which a line is read aloud, in milliseconds. */
export function readingMs(text: string): number {
  return BREATH_MS + LETTER_MS * text.length;
}

/** How many of the buttons are pressed once the line at this place is said, if they are spread over all lines. */
export function pressedAfter(line: number, lines: number, buttons: number): number {
  return Math.floor(((line + 1) * buttons) / Math.max(lines, 1));
}
