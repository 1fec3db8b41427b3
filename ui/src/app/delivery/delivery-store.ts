import { Injectable, computed, inject, signal } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { Delivery } from '../core/api/schema';

/** The state of delivery, followed live. */
@Injectable({ providedIn: 'root' })
export class DeliveryStore {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);
  private readonly _state = signal<Delivery | null>(null);
  private following = false;

  readonly state = this._state.asReadonly();
  /** Whether the stream is open; false after a break until it is open again. */
  readonly live = this.stream.live;
  readonly otherDestination = computed(
    () => this._state()?.held_by_reason['other_destination'] ?? 0,
  );

  /** Begins to follow; a second call changes nothing. */
  follow(): void {
    if (this.following) return;
    this.following = true;
    void this.refresh();
    this.stream.on('delivery', (delivery) => this._state.set(delivery));
    this.stream.on('missed', () => void this.refresh());
  }

  async refresh(): Promise<void> {
    try {
      this._state.set(await this.gateway.delivery());
    } catch {
      // The stream sends the state once it is open again.
    }
  }
}
