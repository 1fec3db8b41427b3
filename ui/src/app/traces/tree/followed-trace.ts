import { DestroyRef, Injectable, Signal, computed, effect, inject, untracked } from '@angular/core';

import { ApiProblem } from '../../core/api/api-problem';
import { Followed } from '../../core/api/followed';
import { Gateway } from '../../core/api/gateway';
import { TelemetryStream } from '../../core/api/telemetry-stream';
import { TraceDetail } from '../../core/api/schema';

type TraceState = 'loading' | 'ready' | 'unknown' | 'failed';

/** One trace with all details, updated while its envelopes arrive. */
interface FollowedTrace {
  readonly state: Signal<TraceState>;
  readonly detail: Signal<TraceDetail | null>;
  readonly load: () => Promise<void>;
}

/** Recently read traces, so that one opens without waiting for a request. */
@Injectable({ providedIn: 'root' })
export class FreshTraces {
  private readonly kept = new Map<string, TraceDetail>();

  keep(detail: TraceDetail): void {
    this.kept.delete(detail.summary.trace_id);
    this.kept.set(detail.summary.trace_id, detail);
    const [oldest] = this.kept.keys();
    if (this.kept.size > MOST_KEPT && oldest !== undefined) this.kept.delete(oldest);
  }

  of(id: string): TraceDetail | null {
    return this.kept.get(id) ?? null;
  }
}

/** Enough for a spin and two compared traces. */
const MOST_KEPT = 3;
/** Follows the trace with this id until the calling component is destroyed; must be called in its constructor. */
export function followTrace(id: Signal<string>): FollowedTrace {
  const gateway = inject(Gateway);
  const stream = inject(TelemetryStream);
  const fresh = inject(FreshTraces);
  const destroyed = inject(DestroyRef);
  const followed = new Followed(() => gateway.trace(untracked(id)), {
    seen: (detail) => fresh.keep(detail),
    // A reply with the same envelopes needs no new layout.
    equal: (one, other) => one.envelopes.join() === other.envelopes.join(),
  });
  const state = computed((): TraceState => {
    const state = followed.state();
    const error = followed.error();
    const isUnknown = error instanceof ApiProblem && error.body.status === 404;
    return state === 'failed' && isUnknown ? 'unknown' : state;
  });
  effect(() => {
    const known = fresh.of(id());
    untracked(() => {
      followed.restart(known);
      // The trace may have grown since it was read.
      void followed.load();
    });
  });
  const endings = [
    stream.on('trace', ({ trace_id }) => {
      if (trace_id === untracked(id)) followed.again.ask();
    }),
    stream.afterGap(followed.again),
  ];
  destroyed.onDestroy(() => {
    followed.again.drop();
    for (const end of endings) end();
  });
  return { state, detail: followed.value, load: followed.load };
}
