import { Injectable, computed, inject, signal } from '@angular/core';

import { ApiProblem } from './api-problem';
import { Followed } from './followed';
import { Gateway } from './gateway';

const POLL_MS = 1000;

/** The health of the stack: release, services and seeding. */
@Injectable({ providedIn: 'root' })
export class Health {
  private readonly gateway = inject(Gateway);
  private readonly followed = new Followed(() => this.gateway.health());
  private readonly reply = this.followed.value;
  private readonly refused = computed(() => this.followed.error() instanceof ApiProblem);
  private readonly _lockedOut = signal(false);
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly release = computed(() => this.reply()?.release ?? null);
  /** The file that is looked at; null where the stack itself runs. */
  readonly recording = computed(() => this.reply()?.recording ?? null);
  readonly down = computed(() =>
    this.refused()
      ? ['api-gateway']
      : Object.entries(this.reply()?.services ?? {})
          .filter(([, state]) => state !== 'ok')
          .map(([name]) => name),
  );
  /** The disk is full; this passes once there is room. */
  readonly diskFull = computed(() =>
    Object.values(this.reply()?.services ?? {}).includes('disk_full'),
  );
  /** The last question was not answered: what was known is old. */
  readonly unanswered = computed(() => this.followed.error() !== null && !this.refused());
  /** The gateway that answers is of another start, and does not know this window. */
  readonly lockedOut = this._lockedOut.asReadonly();
  readonly healthy = computed(
    () => !this.unanswered() && !this.refused() && this.reply()?.status === 'ok',
  );
  /** Null once every player exists, and while the progress is unknown. */
  readonly seeding = computed(() => {
    if (this.unanswered() || this.refused()) return null;
    const seeding = this.reply()?.seeding;
    return seeding && seeding.done < seeding.total ? seeding : null;
  });

  /**
   * Polls every second until everything is well, and then stops, so that a page at rest sends no
   * requests.
   */
  async watch(): Promise<void> {
    await this.followed.load();
    clearTimeout(this.timer);
    if (this.lockedOut() || (this.healthy() && !this.seeding())) return;
    this.timer = setTimeout(() => void this.watch(), POLL_MS);
  }

  /** Health is public, so only a guarded route tells whether the token is accepted. */
  async askWhetherKnown(): Promise<void> {
    const answer = await this.gateway.paytable().catch((error: unknown) => error);
    if (answer instanceof ApiProblem && answer.code === 'launch_token_required')
      this._lockedOut.set(true);
  }
}
