import { DestroyRef, Signal, effect, inject, signal, untracked } from '@angular/core';

import { Gateway } from '../core/gateway';
import { Problem } from '../core/problem';
import { TelemetryStream } from '../core/telemetry-stream';
import { TraceDetail } from '../core/telemetry-wire';

export type TraceState = 'loading' | 'ready' | 'unknown' | 'failed';

/** One trace in full, kept up to date while its envelopes still come in. */
export interface FollowedTrace {
  readonly state: Signal<TraceState>;
  readonly detail: Signal<TraceDetail | null>;
  readonly load: () => Promise<void>;
}

/** The envelopes of a trace come within a moment of one another: they are read together. */
const TOGETHER_MS = 60;

/** Follows the trace that `id` names. Belongs to the component in whose constructor it is called. */
export function followTrace(id: Signal<string>): FollowedTrace {
  const gateway = inject(Gateway);
  const stream = inject(TelemetryStream);
  const destroyed = inject(DestroyRef);
  const state = signal<TraceState>('loading');
  const detail = signal<TraceDetail | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;

  const load = async (): Promise<void> => {
    const asked = id();
    clearTimeout(timer);
    timer = undefined;
    try {
      const found = await gateway.trace(asked);
      if (asked !== id()) return;
      detail.set(found);
      state.set('ready');
    } catch (error) {
      // What was shown stays: a moment without an answer is no reason to take it away.
      if (asked !== id() || detail() !== null) return;
      const unknown = error instanceof Problem && error.body.status === 404;
      state.set(unknown ? 'unknown' : 'failed');
    }
  };
  effect(() => {
    id();
    untracked(() => {
      detail.set(null);
      state.set('loading');
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
