import { Injectable, signal } from '@angular/core';

/**
 * The address of the window. It contains what a page shows, so that the page can be linked to, reloaded and returned
 * to. `docs/decisions/no-router.md` compares it with a router.
 */
@Injectable({ providedIn: 'root' })
export class Address {
  private readonly _path = signal(location.pathname);
  private readonly _query = signal(new URLSearchParams(location.search));
  private readonly _returnedFrom = signal<string | null>(null);
  private readonly _cameFrom = signal<string | null>(null);
  /** The queries of the pages above this one at the time they were left, by path. */
  private readonly left = new Map<string, string>();

  readonly path = this._path.asReadonly();
  /** Must not be modified; `change` sets and removes values. */
  readonly query = this._query.asReadonly();
  /** Path of the page below this one from which the person came back; null if this page was opened in another way. */
  readonly returnedFrom = this._returnedFrom.asReadonly();

  /** Address of the page from which a link led to this one; null if this page was opened in another way. */
  readonly cameFrom = this._cameFrom.asReadonly();

  constructor() {
    addEventListener('popstate', () => this.comeBack(() => this.read()));
  }

  /**
   * The address of a page above this one with the query that it had when it was left, such as the filters of a list.
   */
  asLeft(path: string): string {
    this._path();
    return addressOf(path, new URLSearchParams(this.left.get(path)));
  }

  /** Follows a link back to a page above this one, with the query that it had when it was left. */
  followBack(event: MouseEvent, path: string): void {
    const query = Object.fromEntries(new URLSearchParams(this.left.get(path)));
    this.comeBack(() => this.follow(event, path, query));
  }

  /** Opens another page and adds an entry to the history. */
  go(path: string, query: Readonly<Record<string, string>> = {}): void {
    const from = addressOf(this._path(), this._query());
    history.pushState(null, '', addressOf(path, new URLSearchParams(query)));
    this.read();
    this._cameFrom.set(from);
  }

  /** Changes the query of the present page without an entry in the history. Empty values are removed. */
  change(values: Readonly<Record<string, string>>): void {
    const query = new URLSearchParams(this._query());
    for (const [name, value] of Object.entries(values)) {
      if (value === '') query.delete(name);
      else query.set(name, value);
    }
    if (query.toString() === this._query().toString()) return;
    history.replaceState(null, '', addressOf(location.pathname, query));
    this._query.set(query);
  }

  /** Follows a link without reloading the page. A click that opens a new tab or window is left to the browser. */
  follow(event: MouseEvent, path: string, query: Readonly<Record<string, string>> = {}): void {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    this.go(path, query);
  }

  private comeBack(move: () => void): void {
    const from = this._path();
    move();
    const to = this._path();
    const isBelow = from !== to && from.startsWith(to === '/' ? to : `${to}/`);
    this._returnedFrom.set(isBelow ? from : null);
  }

  private read(): void {
    this.left.set(this._path(), this._query().toString());
    for (const place of [...this.left.keys()])
      if (!location.pathname.startsWith(`${place}/`)) this.left.delete(place);
    this._path.set(location.pathname);
    this._query.set(new URLSearchParams(location.search));
    this._returnedFrom.set(null);
    this._cameFrom.set(null);
  }
}

function addressOf(path: string, query: URLSearchParams): string {
  // A comma is valid in a query, and keeps the address readable.
  const text = query.toString().replaceAll('%2C', ',');
  return text === '' ? path : `${path}?${text}`;
}
