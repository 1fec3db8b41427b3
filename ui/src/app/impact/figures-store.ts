import { Injectable, inject } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';

/** Percentiles move slowly: nobody has to see every spin. */
const LOOK_MS = 2_000;

/** What was measured before and after, looked at again while a page shows it. */
@Injectable({ providedIn: 'root' })
export class FiguresStore {
  private readonly gateway = inject(Gateway);
  private readonly followed = new Followed(() => this.gateway.figures(), { everyMs: LOOK_MS });

  readonly figures = this.followed.value;
  readonly state = this.followed.state;

  /** Looks from now on; the answer ends it. */
  watch(): () => void {
    return this.followed.watch();
  }

  load(): Promise<void> {
    return this.followed.load();
  }
}
