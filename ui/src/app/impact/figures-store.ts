import { Injectable, inject } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';

/** Interval of requests, in milliseconds; percentiles change slowly. */
const LOOK_MS = 2_000;

/** The measurements before and after each fix, requested repeatedly while a page shows them. */
@Injectable({ providedIn: 'root' })
export class FiguresStore {
  private readonly gateway = inject(Gateway);
  private readonly followed = new Followed(() => this.gateway.figures(), { everyMs: LOOK_MS });

  readonly figures = this.followed.value;
  readonly state = this.followed.state;

  /** Requests the measurements from now on; the returned function ends it. */
  readonly watch = this.followed.watch;
  readonly load = this.followed.load;
}
