import { Injectable, computed, effect, inject, untracked } from '@angular/core';

import { Health } from './health';
import { TelemetryStream } from './telemetry-stream';

/** Whether what this page shows is what is: the one word on it, for the header and for every page. */
@Injectable({ providedIn: 'root' })
export class Connection {
  private readonly stream = inject(TelemetryStream);
  private readonly health = inject(Health);

  /** The services do not answer, or do not tell what happens: what is shown may be old. */
  readonly lost = computed(() => !this.stream.live() || this.health.unanswered());

  constructor() {
    // A stream that broke, or is open again, may be that of another start: health says what became of it.
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
