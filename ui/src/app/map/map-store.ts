import { Injectable, inject } from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { TelemetryStream } from '../core/api/telemetry-stream';

/** While traces come the map is asked for no more often than this: the collector draws it anew each time. */
const CALM_MS = 2_000;
/** "In the last minute" goes on when nothing happens. */
const REST_MS = 10_000;

/** The map of services, drawn anew while a page shows it and traces come. */
@Injectable({ providedIn: 'root' })
export class MapStore {
  private readonly gateway = inject(Gateway);
  private readonly stream = inject(TelemetryStream);
  private readonly followed = new Followed(() => this.gateway.serviceMap(), { everyMs: REST_MS });
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly state = this.followed.state;
  readonly map = this.followed.value;

  /** Begins to follow; the answer ends it. */
  watch(): () => void {
    const endings = [
      this.followed.watch(),
      this.stream.on('trace', () => this.soon()),
      this.stream.on('missed', () => this.soon()),
    ];
    return () => {
      for (const end of endings) end();
      clearTimeout(this.timer);
      this.timer = undefined;
    };
  }

  load(): Promise<void> {
    return this.followed.load();
  }

  private soon(): void {
    this.timer ??= setTimeout(() => {
      void this.load().finally(() => (this.timer = undefined));
    }, CALM_MS);
  }
}
