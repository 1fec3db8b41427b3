import { type Span, startInactiveSpan, startNewTrace, withActiveSpan } from '@sentry/angular';

/** Begins a trace of its own with its root: that of the page load would contain all that comes later. */
export function beginRoot(span: Parameters<typeof startInactiveSpan>[0]): Span {
  return startNewTrace(() =>
    withActiveSpan(null, () =>
      startInactiveSpan({ ...span, op: 'ui.action', forceTransaction: true }),
    ),
  );
}

/** The id of the trace; null if it is not recorded, because only a share of the traces is. */
export function recordedId(root: Span): string | null {
  return root.isRecording() ? root.spanContext().traceId : null;
}

/**
 * Runs `ask`; the requests that it sends belong to the trace. If `ask` returned its promise to the SDK, the span would
 * stay active until the reply, for other requests too.
 */
export function within<T>(root: Span, ask: () => T): T {
  const asked: T[] = [];
  withActiveSpan(root, () => void asked.push(ask()));
  return asked[0] as T;
}
