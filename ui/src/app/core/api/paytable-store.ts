import { Injectable, computed, inject, signal } from '@angular/core';

import { Gateway } from './gateway';
import { Paytable } from './schema';

/** The game as the engine plays it: strips, paylines, payouts and the PAR sheet. */
@Injectable({ providedIn: 'root' })
export class PaytableStore {
  private readonly gateway = inject(Gateway);
  private readonly _table = signal<Paytable | null>(null);

  readonly table = this._table.asReadonly();
  readonly strips = computed(() => this.table()?.reel_strips ?? []);
  readonly paylines = computed(() => this.table()?.paylines ?? []);

  async load(): Promise<void> {
    this._table.set(await this.gateway.paytable());
  }
}
