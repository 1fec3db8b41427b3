import { Injectable, signal } from '@angular/core';

export const PAGES = ['machine', 'delivery', 'settings'] as const;
export type PageName = (typeof PAGES)[number];

export function pageAt(path: string): PageName {
  return PAGES.find((page) => `/${page}` === path) ?? 'machine';
}

export function pathOf(page: PageName): string {
  return page === 'machine' ? '/' : `/${page}`;
}

/** Which page the window shows; its address says so too, for links and for going back. */
@Injectable({ providedIn: 'root' })
export class Pages {
  private readonly _shown = signal<PageName>(pageAt(location.pathname));
  readonly shown = this._shown.asReadonly();

  constructor() {
    addEventListener('popstate', () => this._shown.set(pageAt(location.pathname)));
  }

  /** A click that asks for a window or a tab of its own keeps its meaning. */
  follow(event: MouseEvent, page: PageName): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    if (page === this._shown()) return;
    history.pushState(null, '', pathOf(page));
    this._shown.set(page);
  }
}
