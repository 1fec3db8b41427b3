import { Injectable, computed, inject, signal } from '@angular/core';

import { Gateway } from './gateway';
import { ApiProblem } from './api-problem';
import { StackHealth } from './schema';

const POLL_MS = 1000;

/** The release, the services and how far seeding has got. */
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
  /** The file that is looked at; null where the stack itself runs. */
  readonly recording = computed(() => this._reply()?.recording ?? null);
  readonly down = computed(() =>
    this._refused()
      ? ['api-gateway']
      : Object.entries(this._reply()?.services ?? {})
          .filter(([, state]) => state !== 'ok')
          .map(([name]) => name),
  );
  /** The databases have no room; it passes once there is some. */
  readonly diskFull = computed(() =>
    Object.values(this._reply()?.services ?? {}).includes('disk_full'),
  );
  /** The last question was not answered: what was known is old. */
  readonly unanswered = this._unanswered.asReadonly();
  /** The gateway that answers is of another start, and does not know this window. */
  readonly lockedOut = this._lockedOut.asReadonly();
  readonly healthy = computed(
    () => !this._unanswered() && !this._refused() && this._reply()?.status === 'ok',
  );
  /** Null as soon as every player exists, and while nobody says how far it is. */
  readonly seeding = computed(() => {
    if (this._unanswered() || this._refused()) return null;
    const seeding = this._reply()?.seeding;
    return seeding && seeding.done < seeding.total ? seeding : null;
  });

  /** Asks each second until all is as it should be, and then no more: a page at rest is silent. */
  async watch(): Promise<void> {
    clearTimeout(this.timer);
    const question = (this.questions += 1);
    const answer = await this.gateway.health().catch((error: unknown) => error);
    // Who asked later knows better.
    if (question !== this.questions) return;
    const refused = answer instanceof ApiProblem;
    this._refused.set(refused);
    this._unanswered.set(answer instanceof Error && !refused);
    if (!(answer instanceof Error)) this._reply.set(answer as StackHealth);
    if (this.lockedOut() || (this.healthy() && !this.seeding())) return;
    this.timer = setTimeout(() => void this.watch(), POLL_MS);
  }

  /** Health is told to everybody: only what this window alone may ask says whether it is known. */
  async askWhetherKnown(): Promise<void> {
    const answer = await this.gateway.paytable().catch((error: unknown) => error);
    if (answer instanceof ApiProblem && answer.code === 'launch_token_required')
      this._lockedOut.set(true);
  }
}
