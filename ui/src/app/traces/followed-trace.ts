import { DestroyRef, Injectable, Signal, effect, inject, signal, untracked } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { ApiProblem } from '../core/api/api-problem';
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
  const state = signal<TraceState>('loading');
  const detail = signal<TraceDetail | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Questions are numbered: an answer that was overtaken by that to a later one is old.
  let questions = 0;
  let answered = 0;

  const load = async (): Promise<void> => {
    const asked = id();
    const question = (questions += 1);
    clearTimeout(timer);
    timer = undefined;
    try {
      const found = await gateway.trace(asked);
      if (question < answered) return;
      answered = question;
      fresh.keep(found);
      if (asked !== id()) return;
      // The same envelopes make the same trace: nothing is computed and drawn again.
      if (detail()?.envelopes.join() !== found.envelopes.join()) detail.set(found);
      state.set('ready');
    } catch (error) {
      // What was shown stays: a moment without an answer is no reason to take it away.
      if (asked !== id() || detail() !== null) return;
      const unknown = error instanceof ApiProblem && error.body.status === 404;
      state.set(unknown ? 'unknown' : 'failed');
    }
  };
  effect(() => {
    const known = fresh.of(id());
    untracked(() => {
      detail.set(known);
      state.set(known ? 'ready' : 'loading');
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
  return { state: state.asReadonly(), detail: detail.asReadonly(), load };
}
