import { Injectable, computed, inject } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { TelemetryStream } from '../core/api/telemetry-stream';

/** The state of delivery, followed live. */
@Injectable({ providedIn: 'root' })
export class DeliveryStore {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);
  private readonly followed = new Followed(() => this.gateway.delivery());
  private following = false;

  readonly state = this.followed.value;
  /** Whether the stream is open; false from a break until it is open again. */
  readonly live = this.stream.live;
  readonly otherDestination = computed(
    () => this.state()?.held_by_reason['other_destination'] ?? 0,
  );
  /** A failed request changes nothing, because the stream sends the state once it is open again. */
  readonly refresh = this.followed.load;

  /** Begins to follow; a second call changes nothing. */
  follow(): void {
    if (this.following) return;
    this.following = true;
    void this.refresh();
    this.stream.on('delivery', (delivery) => this.followed.take(delivery));
    this.stream.afterGap(this.followed.again);
  }
}
