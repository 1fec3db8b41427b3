import { DestroyRef, Injectable, Signal, computed, effect, inject, untracked } from '@angular/core';

import { ApiProblem } from '../core/api/api-problem';
import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { TraceDetail } from '../core/api/schema';

export type TraceState = 'loading' | 'ready' | 'unknown' | 'failed';

/** One trace in full, kept up to date while its envelopes still come in. */
export interface FollowedTrace {
  readonly state: Signal<TraceState>;
  readonly detail: Signal<TraceDetail | null>;
  readonly load: () => Promise<void>;
}

/** Traces that were read a moment ago, so that whoever opens one sees it at once and not after another request. */
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

/** Enough for a spin and for two that are compared. */
const MOST_KEPT = 3;
/** The envelopes of a trace come within a moment of one another: they are read together. */
const TOGETHER_MS = 60;

/** Follows the trace that `id` names. Belongs to the component in whose constructor it is called. */
export function followTrace(id: Signal<string>): FollowedTrace {
  const gateway = inject(Gateway);
  const stream = inject(TelemetryStream);
  const fresh = inject(FreshTraces);
  const destroyed = inject(DestroyRef);
  const followed = new Followed(() => gateway.trace(untracked(id)), {
    seen: (detail) => fresh.keep(detail),
    // The same envelopes make the same trace: nothing is computed and drawn again.
    equal: (one, other) => one.envelopes.join() === other.envelopes.join(),
  });
  const state = computed((): TraceState => {
    const state = followed.state();
    const error = followed.error();
    const isUnknown = error instanceof ApiProblem && error.body.status === 404;
    return state === 'failed' && isUnknown ? 'unknown' : state;
  });
  let timer: ReturnType<typeof setTimeout> | undefined;

  const load = (): Promise<void> => {
    clearTimeout(timer);
    timer = undefined;
    return followed.load();
  };
  effect(() => {
    const known = fresh.of(id());
    untracked(() => {
      followed.restart(known);
      // It may have grown since.
      void load();
    });
  });
  const endings = [
    stream.on('trace', ({ trace_id }) => {
      if (trace_id === untracked(id)) timer ??= setTimeout(() => void load(), TOGETHER_MS);
    }),
    stream.on('missed', () => void load()),
  ];
  destroyed.onDestroy(() => {
    clearTimeout(timer);
    for (const end of endings) end();
  });
  return { state, detail: followed.value, load };
}
