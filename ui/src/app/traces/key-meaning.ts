/** What a key does on the waterfall. */
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

/** Letters by their place on the keyboard, so that they work in the Russian layout too. */
const BY_CODE: Readonly<Record<string, Meaning>> = {
  KeyJ: 'down',
  KeyK: 'up',
  KeyH: 'close',
  KeyL: 'open',
  BracketLeft: 'close-all',
  BracketRight: 'open-all',
  KeyE: 'next-error',
  KeyC: 'critical',
  KeyG: 'gaps',
  KeyX: 'compare',
  Slash: 'search',
  Equal: 'zoom-in',
  NumpadAdd: 'zoom-in',
  Minus: 'zoom-out',
  NumpadSubtract: 'zoom-out',
  Digit0: 'whole',
};
const BY_KEY: Readonly<Record<string, Meaning>> = {
  ArrowDown: 'down',
  ArrowUp: 'up',
  ArrowLeft: 'close',
  ArrowRight: 'open',
  PageDown: 'page-down',
  PageUp: 'page-up',
  Home: 'first',
  End: 'last',
  Enter: 'details',
  Escape: 'leave',
  '+': 'zoom-in',
};
const SHIFTED: Readonly<Record<string, Meaning>> = {
  ArrowLeft: 'pan-left',
  ArrowRight: 'pan-right',
  '+': 'zoom-in',
};

/** Null for what the waterfall leaves to others: fields, dialogs, separators, and the keys of the browser. */
export function keyMeaning(event: KeyboardEvent): Meaning | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  const target = event.target instanceof Element ? event.target : null;
  if (target?.closest('input, textarea, select, dialog[open]')) return null;
  if (event.shiftKey) return SHIFTED[event.key] ?? null;
  const meaning = BY_KEY[event.key] ?? BY_CODE[event.code] ?? null;
  if (event.key === 'Escape') return meaning;
  // A button is pressed with Enter; a separator is moved and a text is scrolled with the arrows.
  if (event.key === 'Enter' && target?.closest('button, a, summary')) return null;
  if (event.key in BY_KEY && target?.closest('[role="separator"], pre, [data-keys="own"]'))
    return null;
  return meaning;
}
