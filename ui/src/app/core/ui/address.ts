import { Injectable, signal } from '@angular/core';

/**
 * The address of the window. What a page shows is in it, so that it can be linked to, reloaded and gone back to.
 * `docs/decisions/no-router.md` says what a router would cost.
 */
@Injectable({ providedIn: 'root' })
export class Address {
  private readonly _path = signal(location.pathname);
  private readonly _query = signal(new URLSearchParams(location.search));
  private readonly _returnedFrom = signal<string | null>(null);
  /** What the places above this one said when they were left. */
  private readonly left = new Map<string, string>();

  readonly path = this._path.asReadonly();
  /** Not to be changed; `change` takes what differs. */
  readonly query = this._query.asReadonly();
  /** Path of the place below this one that was left to come back here; null where one came here otherwise. */
  readonly returnedFrom = this._returnedFrom.asReadonly();

  constructor() {
    addEventListener('popstate', () => this.comeBack(() => this.read()));
  }

  /** The address of a place above this one, as it was left: a list with its filters. */
  asLeft(path: string): string {
    this._path();
    return addressOf(path, new URLSearchParams(this.left.get(path)));
  }

  /** Follows a link back to a place above this one, as it was left. */
  followBack(event: MouseEvent, path: string): void {
    const query = Object.fromEntries(new URLSearchParams(this.left.get(path)));
    this.comeBack(() => this.follow(event, path, query));
  }

  /** Goes to another place; going back returns to this one. */
  go(path: string, query: Readonly<Record<string, string>> = {}): void {
    history.pushState(null, '', addressOf(path, new URLSearchParams(query)));
    this.read();
  }

  /** Says more of the same place: nothing to go back to. Empty values are taken away. */
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

  /** Follows a link without loading the page anew; a click that asks for a tab of its own keeps its meaning. */
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
  }
}

function addressOf(path: string, query: URLSearchParams): string {
  // A comma may stand in a query as it is; a readable address is worth it.
  const text = query.toString().replaceAll('%2C', ',');
  return text === '' ? path : `${path}?${text}`;
}
