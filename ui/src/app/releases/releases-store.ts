import { Injectable, inject } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { Watched } from '../core/api/watched';

/** As for before and after: percentiles move slowly. */
const LOOK_MS = 2_000;

/** What was measured of each release, looked at again while a page shows it. */
@Injectable({ providedIn: 'root' })
export class ReleasesStore {
  private readonly gateway = inject(Gateway);
  private readonly watched = new Watched(() => this.gateway.releases(), LOOK_MS);

  readonly releases = this.watched.value;
  readonly state = this.watched.state;

  /** Looks from now on; the answer ends it. */
  watch(): () => void {
    return this.watched.watch();
  }

  load(): Promise<void> {
    return this.watched.load();
  }
}
