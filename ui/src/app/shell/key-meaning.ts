import { PROBLEM_IDS, ProblemId } from '../core/api/parts';
import { PresentCommand } from '../core/ui/presenting';

export type Command =
  | 'spin'
  | 'stake-up'
  | 'stake-down'
  | 'turbo'
  | 'sound'
  | 'language'
  | 'paytable'
  | 'help'
  | 'presenter'
  | 'newest-trace'
  | 'repeat'
  | 'compare'
  | 'go'
  | ProblemId;

export interface Pressed {
  key: string;
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/** The area of the window that has the focus, as far as it changes the meaning of keys. */
export type Place = 'page' | 'panel' | 'sheet' | 'viewer' | 'text' | 'dialog';

/** Keys with the same meaning on every page. */
const WINDOW_KEYS: Readonly<Record<string, Command>> = {
  KeyO: 'newest-trace',
  KeyB: 'presenter',
  KeyG: 'go',
};
/** The pages that G leads to with another key. */
const PAGE_KEYS: Readonly<Record<string, 'machine' | 'traces' | 'issues' | 'business'>> = {
  KeyM: 'machine',
  KeyT: 'traces',
  KeyI: 'issues',
  KeyB: 'business',
};

/** The keys of remotes, which send them one after another whatever the page shows. */
const PRESENTER_KEYS: Readonly<Record<string, PresentCommand>> = {
  PageDown: 'next',
  PageUp: 'back',
  Period: 'black',
  KeyB: 'black',
  Escape: 'end',
};

/**
 * The meaning of a key for a presentation. F5 begins it, and reloads the page nowhere; the other keys have a meaning while
 * it is given. Texts and dialogs keep their keys.
 */
export function presenterMeaning(
  pressed: Pressed,
  place: Place,
  underWay: boolean,
): PresentCommand | null {
  if (pressed.ctrlKey || pressed.altKey || pressed.metaKey || pressed.shiftKey) return null;
  if (pressed.code === 'F5') return 'start';
  return underWay && !isKept(pressed, place) ? (PRESENTER_KEYS[pressed.code] ?? null) : null;
}

/** The page that a key after G leads to. */
export function pageOfKey(pressed: Pressed, place: Place) {
  return isKept(pressed, place) ? undefined : PAGE_KEYS[pressed.code];
}

/** Elements that Enter or the space bar press. */
const PRESSED =
  'button, a[href], summary, [role="button"], input:is([type="submit"], [type="button"], [type="checkbox"], [type="radio"])';

/**
 * The meaning of a key. Letters are identified by their position on the keyboard, so that they work in the Russian
 * layout too. Texts and dialogs keep their keys; in the panel the arrows scroll; on a sheet (a page without the
 * machine) only the keys of the whole window have a meaning; the traces have letters of their own beside some of them.
 */
export function keyMeaning(pressed: Pressed, place: Place): Command | null {
  if (isKept(pressed, place)) return null;
  if (pressed.key === '?' || (pressed.code === 'Slash' && pressed.shiftKey)) return 'help';
  const ofWindow = WINDOW_KEYS[pressed.code];
  if (ofWindow !== undefined && !pressed.shiftKey) return ofWindow;
  if (place === 'viewer') return null;
  if (pressed.code === 'KeyL') return 'language';
  if (pressed.code === 'KeyC') return 'compare';
  if (place === 'sheet') return null;
  switch (pressed.code) {
    case 'Space':
      return 'spin';
    case 'ArrowUp':
    case 'ArrowRight':
      return place === 'page' ? 'stake-up' : null;
    case 'ArrowDown':
    case 'ArrowLeft':
      return place === 'page' ? 'stake-down' : null;
    case 'KeyT':
      return 'turbo';
    case 'KeyM':
      return 'sound';
    case 'KeyR':
      return 'repeat';
    case 'KeyP':
      return 'paytable';
    default:
      return pressed.shiftKey ? null : (problemOf(pressed.code) ?? null);
  }
}

/** Whether a key belongs to the system, or to the text or the dialog that has the focus. */
function isKept({ ctrlKey, altKey, metaKey }: Pressed, place: Place): boolean {
  return ctrlKey || altKey || metaKey || place === 'text' || place === 'dialog';
}

/** The digits of the upper row stand for the problems of the story, in its order. */
function problemOf(code: string): ProblemId | undefined {
  const [, digit] = /^Digit([1-9])$/.exec(code) ?? [];
  return digit === undefined ? undefined : PROBLEM_IDS[Number(digit) - 1];
}

/** Whether the key presses the focused element. */
export function isActivated({ key, target }: Pick<KeyboardEvent, 'key' | 'target'>): boolean {
  if (key !== 'Enter' && key !== ' ') return false;
  return target instanceof Element && target.closest(PRESSED) !== null;
}

export function placeOf(target: EventTarget | null): Place {
  if (!(target instanceof Element)) return 'page';
  if (target.closest('dialog')) return 'dialog';
  if (target.closest('input, textarea, select, [contenteditable], form')) return 'text';
  return target.closest('rs-panel') ? 'panel' : 'page';
}
