import { Injectable, computed, inject, signal } from '@angular/core';

import { Gateway } from '../core/gateway';
import { Delivery } from '../core/telemetry-wire';

const RECONNECT_MS = 2_000;

/** The state of delivery, followed live. */
@Injectable({ providedIn: 'root' })
export class DeliveryStore {
  private readonly gateway = inject(Gateway);
  private readonly _state = signal<Delivery | null>(null);
  private stream: EventSource | undefined;

  private readonly _live = signal(true);

  readonly state = this._state.asReadonly();
  /** Whether the stream is open; false from a break until it is open again. */
  readonly live = this._live.asReadonly();
  readonly otherDestination = computed(
    () => this._state()?.held_by_reason['other_destination'] ?? 0,
  );

  /** Begins to follow; a second call changes nothing. */
  follow(): void {
    if (this.stream) return;
    void this.refresh();
    this.connect();
  }

  async refresh(): Promise<void> {
    try {
      this._state.set(await this.gateway.delivery());
    } catch {
      // The stream tells as soon as it is there again.
    }
  }

  private connect(): void {
    const stream = new EventSource('/api/telemetry/events');
    this.stream = stream;
    stream.addEventListener('delivery', ({ data }: MessageEvent<string>) =>
      this._state.set(JSON.parse(data) as Delivery),
    );
    stream.addEventListener('open', () => this._live.set(true));
    stream.addEventListener('missed', () => void this.refresh());
    stream.addEventListener('error', () => {
      this._live.set(false);
      // The browser reconnects after a break, but gives up where the answer was an error.
      if (stream.readyState === EventSource.CLOSED) setTimeout(() => this.connect(), RECONNECT_MS);
    });
  }
}
