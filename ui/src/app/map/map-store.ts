import { Injectable, inject } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { TelemetryStream } from '../core/api/telemetry-stream';

/**
 * Shortest interval of requests for the map, in milliseconds, because the collector computes it for
 * each request.
 */
const CALM_MS = 2_000;
/** Interval of requests without new traces, in milliseconds, because "the last minute" moves on. */
const REST_MS = 10_000;

/** The map of services, requested again when traces come while a page shows it. */
@Injectable({ providedIn: 'root' })
export class MapStore {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);
  private readonly followed = new Followed(() => this.gateway.serviceMap(), {
    everyMs: REST_MS,
    firstMs: CALM_MS,
    calmMs: CALM_MS,
  });

  readonly state = this.followed.state;
  readonly map = this.followed.value;
  readonly load = this.followed.load;

  /** Begins to follow; returns a function that ends it. */
  watch(): () => void {
    const endings = [
      this.followed.watch(),
      this.stream.on('trace', () => this.followed.again.ask()),
      this.stream.afterGap(this.followed.again),
    ];
    return () => {
      for (const end of endings) end();
    };
  }
}
