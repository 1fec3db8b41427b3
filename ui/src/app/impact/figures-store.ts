import { Injectable, inject } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { Watched } from '../core/api/watched';

/** Percentiles move slowly: nobody has to see every spin. */
const LOOK_MS = 2_000;

/** What was measured before and after, looked at again while a page shows it. */
@Injectable({ providedIn: 'root' })
export class FiguresStore {
  private readonly gateway = inject(Gateway);
  private readonly watched = new Watched(() => this.gateway.figures(), LOOK_MS);

  readonly figures = this.watched.value;
  readonly state = this.watched.state;

  /** Looks from now on; the answer ends it. */
  watch(): () => void {
    return this.watched.watch();
  }

  load(): Promise<void> {
    return this.watched.load();
  }
}
