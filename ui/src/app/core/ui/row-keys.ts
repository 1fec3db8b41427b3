/**
 * The index that a key leads to in a list of `count` rows, of which `page` fit; `at` is -1 before the first key. Null
 * for other keys.
 */
export function rowAfter(
  { key, code }: Pick<KeyboardEvent, 'key' | 'code'>,
  at: number,
  count: number,
  page: number,
): number | null {
  const last = count - 1;
  // Letters are identified by their position on the keyboard, which is the same in the Russian layout.
  if (key === 'ArrowDown' || code === 'KeyJ') return Math.min(at + 1, last);
  if (key === 'ArrowUp' || code === 'KeyK') return Math.min(Math.max(at - 1, 0), last);
  if (key === 'PageDown') return Math.min(at + page, last);
  if (key === 'PageUp') return Math.min(Math.max(at - page, 0), last);
  if (key === 'Home') return Math.min(0, last);
  if (key === 'End') return last;
  return null;
}

/**
 * Whether a key belongs to the focused element or to the browser. Fields, buttons, dialogs and elements with
 * `data-keys="own"` keep their keys, except a button that is a `row` of the list.
 */
export function isTaken(
  { target, key, ctrlKey, altKey, metaKey }: KeyboardEvent,
  row: EventTarget | null = null,
): boolean {
  if (ctrlKey || altKey || metaKey) return true;
  // Enter follows a focused link, whichever row is active; other keys have no meaning for a link.
  const links = key === 'Enter' ? ', a[href], summary' : '';
  const holder =
    target instanceof Element &&
    target.closest(`input, select, textarea, button, dialog[open], [data-keys="own"]${links}`);
  return holder !== false && holder !== null && holder !== row;
}
