import { Injectable, computed, inject } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';

/** Interval of requests, in milliseconds. */
const LOOK_MS = 3_000;

/** What each problem cost the players of this session, requested repeatedly while a panel shows it. */
@Injectable({ providedIn: 'root' })
export class CostStore {
  private readonly gateway = inject(Gateway);
  private readonly followed = new Followed(() => this.gateway.problemCosts(), { everyMs: LOOK_MS });

  readonly costs = computed(
    () => new Map((this.followed.value()?.costs ?? []).map((cost) => [cost.problem, cost])),
  );
  readonly watch = this.followed.watch;
}
