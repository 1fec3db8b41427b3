import { Injectable, signal } from '@angular/core';

export const TABS = ['problems', 'rounds', 'paytable', 'par'] as const;
export type Tab = (typeof TABS)[number];

/** Which tab of the panel is shown; keys choose one from outside the panel. */
@Injectable({ providedIn: 'root' })
export class Tabs {
  private readonly _shown = signal<Tab>('problems');
  readonly shown = this._shown.asReadonly();

  show(tab: Tab): void {
    this._shown.set(tab);
  }
}
