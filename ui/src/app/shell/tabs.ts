import { Injectable, signal } from '@angular/core';

export const TABS = ['rounds', 'paytable', 'par'] as const;
export type Tab = (typeof TABS)[number];

/** Which tab of the panel is shown; the P key chooses one from outside the panel. */
@Injectable({ providedIn: 'root' })
export class Tabs {
  private readonly _shown = signal<Tab>('rounds');
  readonly shown = this._shown.asReadonly();

  show(tab: Tab): void {
    this._shown.set(tab);
  }
}
