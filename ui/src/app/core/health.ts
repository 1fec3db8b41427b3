import { Injectable, computed, inject, signal } from '@angular/core';

import { Gateway } from './gateway';
import { HealthReply } from './wire';

const POLL_MS = 1000;

/** The release, the services and how far seeding has got. */
@Injectable({ providedIn: 'root' })
export class Health {
  private readonly gateway = inject(Gateway);
  private readonly _reply = signal<HealthReply | null>(null);
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly release = computed(() => this._reply()?.release ?? null);
  readonly down = computed(() =>
    Object.entries(this._reply()?.services ?? {})
      .filter(([, state]) => state !== 'ok')
      .map(([name]) => name),
  );
  readonly healthy = computed(() => this._reply()?.status === 'ok');
  /** Null as soon as every player exists. */
  readonly seeding = computed(() => {
    const seeding = this._reply()?.seeding;
    return seeding && seeding.done < seeding.total ? seeding : null;
  });

  /** Asks each second while players are being created, and then no more: a page at rest is silent. */
  async watch(): Promise<void> {
    clearTimeout(this.timer);
    try {
      this._reply.set(await this.gateway.health());
    } catch {
      // Without health there is no pill and no progress; the machine says by itself what fails.
      return;
    }
    if (this.seeding()) this.timer = setTimeout(() => void this.watch(), POLL_MS);
  }
}
