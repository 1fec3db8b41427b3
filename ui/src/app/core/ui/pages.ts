import { Injectable, computed, inject } from '@angular/core';

import { Health } from '../api/health';
import { Address } from './address';

export const PAGES = [
  'machine',
  'traces',
  'issues',
  'map',
  'business',
  'delivery',
  'settings',
] as const;
/** The pages of a recording, which contains neither the game nor settings. */
const RECORDED: readonly PageName[] = ['traces', 'issues', 'map'];
type PageName = (typeof PAGES)[number];

/** The presenter's view has the window for itself, and is no page of its navigation. */
export const PRESENTER_PATH = '/presenter';

/** The page at a path; paths below that of a page belong to it, such as `/traces/ID`. */
export function pageAt(path: string): PageName {
  return PAGES.find((page) => path === `/${page}` || path.startsWith(`/${page}/`)) ?? 'machine';
}

export function pathOf(page: PageName): string {
  return page === 'machine' ? '/' : `/${page}`;
}

/** The page that the window shows, which follows from the address. */
@Injectable({ providedIn: 'root' })
export class Pages {
  private readonly address = inject(Address);
  private readonly health = inject(Health);
  readonly all = computed<readonly PageName[]>(() =>
    this.health.recording() === null ? PAGES : RECORDED,
  );
  /** Whether this window shows the presenter's notes and nothing else. */
  readonly isPresenterView = computed(() => this.address.path() === PRESENTER_PATH);
  readonly shown = computed(() => {
    const page = pageAt(this.address.path());
    return this.all().includes(page) ? page : (this.all()[0] ?? 'machine');
  });

  follow(event: MouseEvent, page: PageName): void {
    const path = pathOf(page);
    if (path !== this.address.path()) this.address.follow(event, path);
    else if (!event.ctrlKey && !event.metaKey && !event.shiftKey) event.preventDefault();
  }
}
