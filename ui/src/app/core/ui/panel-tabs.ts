import { Injectable, signal } from '@angular/core';

export const TABS = ['problems', 'rounds', 'paytable', 'par'] as const;
export type Tab = (typeof TABS)[number];

/** The tab that the panel shows; keys outside of the panel can choose one. */
@Injectable({ providedIn: 'root' })
export class Tabs {
  private readonly _shown = signal<Tab>('problems');
  readonly shown = this._shown.asReadonly();

  show(tab: Tab): void {
    this._shown.set(tab);
  }
}
