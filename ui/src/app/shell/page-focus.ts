import { afterEveryRender, inject } from '@angular/core';

import { Address } from '../core/ui/address';

/** Elements that keep the focus when the page changes: a person types there, or they lie over every page. */
const KEEPS_FOCUS = 'input, textarea, select, [contenteditable], dialog[open]';
/** A list whose keys act on one of its rows. */
const LIST_AT_ROW = '[role="grid"][aria-activedescendant]';

/**
 * Moves the focus into each page that is shown after the first one, so that a screen reader reads where the person is and
 * Tab continues there. The target is the row or link that led to the page that was left, when the person comes back from
 * that page; else the heading; else `<main>`. While a better target is still being loaded the focus waits on the next best
 * one, unless the person moves it.
 */
export function focusPages(): void {
  const address = inject(Address);
  let path = address.path();
  let waiting = false;
  let placed: HTMLElement | null = null;

  afterEveryRender({
    mixedReadWrite: () => {
      if (!waiting && address.path() === path) return;
      const main = document.querySelector('main');
      if (main === null) return;
      const focused = document.activeElement;
      if (address.path() !== path) {
        path = address.path();
        waiting = focused === main || !(main.contains(focused) || focused?.closest(KEEPS_FOCUS));
      } else {
        const isLost = placed?.isConnected === false && focused === document.body;
        waiting = focused === placed || isLost;
      }
      if (!waiting) return;
      const left = address.returnedFrom();
      const row = left === null ? null : rowOf(left, main);
      const heading = main.querySelector('h1');
      placed = row ?? heading ?? main;
      waiting = row === null && (heading === null || left !== null);
      if (placed !== focused) focus(placed);
    },
  });
}

/**
 * The list, if the row is one of its rows, or the link to the page that was left. A list has the focus in place of the links
 * in its rows. A path has no quotation mark in it.
 */
function rowOf(left: string, main: HTMLElement): HTMLElement | null {
  return main.querySelector(`${LIST_AT_ROW}, a[href="${left}"]:not([tabindex="-1"])`);
}

/** Does not scroll: a page is first shown from its top, and a list scrolls to its row by itself. */
function focus(target: HTMLElement): void {
  if (target.matches('main, h1') && !target.hasAttribute('tabindex')) target.tabIndex = -1;
  target.focus({ preventScroll: true });
}
