import { Injectable, computed, effect, inject, untracked } from '@angular/core';

import { Health } from './health';
import { TelemetryStream } from './telemetry-stream';

/**
 * Whether what the page shows is current; the only place that decides it, for the header and for
 * every page.
 */
@Injectable({ providedIn: 'root' })
export class Connection {
  private readonly stream = inject(TelemetryStream);
  private readonly health = inject(Health);

  /** The services do not answer, or the stream is closed: the page may show old data. */
  readonly lost = computed(() => !this.stream.live() || this.health.unanswered());

  constructor() {
    // A stream that breaks or reopens may belong to another start of the stack, which health tells.
    let first = true;
    effect(() => {
      this.stream.live();
      if (!first) untracked(() => void this.health.watch());
      first = false;
    });
    effect(() => {
      if (this.stream.refused()) untracked(() => void this.health.askWhetherKnown());
    });
  }
}
