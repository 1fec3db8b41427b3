import { Injectable, inject } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';

/** As for before and after: percentiles move slowly. */
const LOOK_MS = 2_000;

/** What was measured of each release, looked at again while a page shows it. */
@Injectable({ providedIn: 'root' })
export class ReleasesStore {
  private readonly gateway = inject(Gateway);
  private readonly followed = new Followed(() => this.gateway.releases(), { everyMs: LOOK_MS });

  readonly releases = this.followed.value;
  readonly state = this.followed.state;

  /** Looks from now on; the answer ends it. */
  watch(): () => void {
    return this.followed.watch();
  }

  load(): Promise<void> {
    return this.followed.load();
  }
}
