import { Key } from '../../core/i18n/language';

/** The meaning of a key in the waterfall. */
export type Meaning =
  | 'down'
  | 'up'
  | 'page-down'
  | 'page-up'
  | 'first'
  | 'last'
  | 'close'
  | 'open'
  | 'close-all'
  | 'open-all'
  | 'details'
  | 'next-error'
  | 'critical'
  | 'gaps'
  | 'compare'
  | 'search'
  | 'zoom-in'
  | 'zoom-out'
  | 'pan-left'
  | 'pan-right'
  | 'whole'
  | 'leave';

/** A group of keys with its text in the list of keys. */
interface KeyGroup {
  readonly says: Key;
  readonly shown: readonly string[];
  /**
   * Letters by their position on the keyboard (`code`), so that they work in the Russian layout too; others by `key`.
   */
  readonly keys: Readonly<Record<string, Meaning>>;
}

export const WATERFALL_KEYS: readonly KeyGroup[] = [
  {
    says: 'viewer.keys.rows',
    shown: ['j', 'k', '↓', '↑'],
    keys: {
      KeyJ: 'down',
      KeyK: 'up',
      ArrowDown: 'down',
      ArrowUp: 'up',
      PageDown: 'page-down',
      PageUp: 'page-up',
      Home: 'first',
      End: 'last',
    },
  },
  {
    says: 'viewer.keys.fold',
    shown: ['h', 'l', '←', '→'],
    keys: { KeyH: 'close', KeyL: 'open', ArrowLeft: 'close', ArrowRight: 'open' },
  },
  {
    says: 'viewer.keys.foldAll',
    shown: ['[', ']'],
    keys: { BracketLeft: 'close-all', BracketRight: 'open-all' },
  },
  { says: 'viewer.keys.details', shown: ['Enter'], keys: { Enter: 'details' } },
  { says: 'viewer.keys.error', shown: ['e'], keys: { KeyE: 'next-error' } },
  { says: 'viewer.keys.critical', shown: ['c'], keys: { KeyC: 'critical' } },
  { says: 'viewer.keys.gaps', shown: ['w'], keys: { KeyW: 'gaps' } },
  { says: 'viewer.keys.compare', shown: ['x'], keys: { KeyX: 'compare' } },
  { says: 'viewer.keys.search', shown: ['/'], keys: { Slash: 'search' } },
  {
    says: 'viewer.keys.zoom',
    shown: ['+', '−', '0'],
    keys: {
      '+': 'zoom-in',
      'Shift +': 'zoom-in',
      Equal: 'zoom-in',
      NumpadAdd: 'zoom-in',
      Minus: 'zoom-out',
      NumpadSubtract: 'zoom-out',
      Digit0: 'whole',
    },
  },
  {
    says: 'viewer.keys.pan',
    shown: ['Shift', '←', '→'],
    keys: { 'Shift ArrowLeft': 'pan-left', 'Shift ArrowRight': 'pan-right' },
  },
  { says: 'viewer.keys.back', shown: ['Esc'], keys: { Escape: 'leave' } },
];

/**
 * Physical keys whose character depends on the layout. All other keys are identified by `key` alone, because the system
 * may have remapped them, such as Caps Lock to Escape.
 */
const WRITING = /^(?:Key|Digit|Bracket|Numpad)|^(?:Slash|Equal|Minus)$/;

const MEANINGS: ReadonlyMap<string, Meaning> = new Map(
  WATERFALL_KEYS.flatMap(({ keys }) => Object.entries(keys)),
);

/** Null for keys that belong to others: fields, dialogs, separators, and the browser. */
export function keyMeaning(event: KeyboardEvent): Meaning | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('input, textarea, select, dialog[open]')) return null;
  if (event.shiftKey) return MEANINGS.get(`Shift ${event.key}`) ?? null;
  const named = MEANINGS.get(event.key);
  if (named === undefined)
    return WRITING.test(event.code) ? (MEANINGS.get(event.code) ?? null) : null;
  if (named === 'leave') return named;
  // Enter presses a button; the arrows move a separator and scroll a text.
  if (named === 'details' && target?.closest('button, a, summary')) return null;
  return target?.closest('[role="separator"], pre, [data-keys="own"]') ? null : named;
}
