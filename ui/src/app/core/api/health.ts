import { Injectable, computed, inject, signal } from '@angular/core';

import { Gateway } from './gateway';
import { ApiProblem } from './api-problem';
import { StackHealth } from './schema';

const POLL_MS = 1000;

/** The health of the stack: release, services and seeding. */
@Injectable({ providedIn: 'root' })
export class Health {
  private readonly gateway = inject(Gateway);
  private readonly _reply = signal<StackHealth | null>(null);
  private readonly _unanswered = signal(false);
  private readonly _refused = signal(false);
  private readonly _lockedOut = signal(false);
  private questions = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly release = computed(() => this._reply()?.release ?? null);
  /** The name of the recording that is shown; null while the stack runs. */
  readonly recording = computed(() => this._reply()?.recording ?? null);
  readonly down = computed(() =>
    this._refused()
      ? ['api-gateway']
      : Object.entries(this._reply()?.services ?? {})
          .filter(([, state]) => state !== 'ok')
          .map(([name]) => name),
  );
  /** The disk is full; this passes once there is room. */
  readonly diskFull = computed(() =>
    Object.values(this._reply()?.services ?? {}).includes('disk_full'),
  );
  /** The last request had no reply, so what is shown is old. */
  readonly unanswered = this._unanswered.asReadonly();
  /** The gateway belongs to another start and does not accept this window's token. */
  readonly lockedOut = this._lockedOut.asReadonly();
  readonly healthy = computed(
    () => !this._unanswered() && !this._refused() && this._reply()?.status === 'ok',
  );
  /** Null once every player exists, and while the progress is unknown. */
  readonly seeding = computed(() => {
    if (this._unanswered() || this._refused()) return null;
    const seeding = this._reply()?.seeding;
    return seeding && seeding.done < seeding.total ? seeding : null;
  });

  /**
   * Polls every second until everything is well, and then stops, so that a page at rest sends no
   * requests.
   */
  async watch(): Promise<void> {
    clearTimeout(this.timer);
    const question = (this.questions += 1);
    const answer = await this.gateway.health().catch((error: unknown) => error);
    // A later request has a newer reply.
    if (question !== this.questions) return;
    const refused = answer instanceof ApiProblem;
    this._refused.set(refused);
    this._unanswered.set(answer instanceof Error && !refused);
    if (!(answer instanceof Error)) this._reply.set(answer as StackHealth);
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
