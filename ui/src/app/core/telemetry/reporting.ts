import {
  type Breadcrumb,
  type ErrorEvent,
  browserTracingIntegration,
  captureSession,
  getClient,
  init,
  makeBrowserOfflineTransport,
  makeFetchTransport,
  startSession,
} from '@sentry/angular';

import { ApiProblem } from '../api/api-problem';
import { PageSettings } from '../api/schema';
import { pageAt, pathOf } from '../ui/pages';
import { SourceMap, readableStack } from './readable-stack';
import { sourceMapOf } from './source-maps';

/**
 * Limit of waiting for the gateway, in milliseconds. It is on this machine, and a slower reply is
 * not worth a blank window.
 */
const PATIENCE_MS = 1_500;
/** Limit of envelopes that wait in the browser while the gateway is away; a spin makes two. */
const MOST_WAITING = 1_000;

/**
 * Starts Sentry with the settings of the gateway. Without settings the page starts all the same and
 * reports nothing.
 */
export async function startReporting(): Promise<void> {
  const settings = await pageSettings();
  if (settings) report(settings);
}

/** Applies changed settings without reloading the page. */
export async function followSettings(): Promise<void> {
  const settings = await pageSettings();
  if (!settings) return;
  const client = getClient();
  if (!client) return report(settings);
  const options = client.getOptions();
  const renamed =
    options.release !== settings.release || options.environment !== settings.environment;
  options.release = settings.release;
  options.environment = settings.environment;
  options.tracesSampleRate = settings.traces_sample_rate;
  if (!renamed) return;
  // A session belongs to one release, whose health it counts for.
  startSession({ ignoreDuration: true });
  captureSession();
}

async function pageSettings(): Promise<PageSettings | undefined> {
  try {
    const reply = await fetch('/api/settings/page', {
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    return reply.ok ? ((await reply.json()) as PageSettings) : undefined;
  } catch {
    // The page shows by itself that the gateway does not answer.
    return undefined;
  }
}

function report({ dsn, environment, release, traces_sample_rate }: PageSettings): void {
  init({
    dsn,
    environment,
    release,
    tracesSampleRate: traces_sample_rate,
    // Streamed spans have no measurements.
    traceLifecycle: 'static',
    // Everything is sent through the gateway, because the page's policy allows no other connection.
    tunnel: '/api/telemetry/envelope',
    // While the gateway is away, envelopes wait in the browser and are sent once it is back.
    transport: (options) =>
      makeBrowserOfflineTransport(sendOrKeep)({
        ...options,
        maxQueueSize: MOST_WAITING,
        flushAtStartup: true,
      }),
    tracePropagationTargets: [onlyOrigin(location.origin)],
    // Only the player's id identifies a person; no address may be derived from the request.
    dataCollection: { userInfo: false },
    // Timings of a request arrive after its reply, but a spin is reported once it is answered.
    integrations: [
      browserTracingIntegration({
        enableHTTPTimings: false,
        // Navigation makes no traces, because the address changes with every selected row.
        instrumentNavigation: false,
        shouldCreateSpanForRequest: (url) => !isSteering(url),
        // Named after the page, without the id of the trace that it shows.
        beforeStartSpan: (span) => ({ ...span, name: pathOf(pageAt(location.pathname)) }),
      }),
    ],
    initialScope: { tags: { service: 'frontend' } },
    beforeBreadcrumb: (crumb) => (isLook(crumb) ? null : crumb),
    beforeSend: (event, { originalException }) =>
      reportedElsewhere(originalException) ? null : readable(event),
  });
}

/**
 * Whether the error has been reported elsewhere: an error status by the service that failed. A
 * refusal (4xx) is not reported. Both become breadcrumbs of the next error.
 */
export function reportedElsewhere(error: unknown): boolean {
  return error instanceof ApiProblem;
}

/**
 * Whether a request controls the demo or polls its state, which is not part of what the demo shows.
 */
export function isSteering(url: string): boolean {
  return /^\/api\/(problems|traffic|overhead|faults)(\/|$)/.test(
    new URL(url, location.origin).pathname,
  );
}

/** Polls come every second and would displace the breadcrumbs before an error. */
export function isLook({ category, data }: Breadcrumb): boolean {
  return category === 'fetch' && data?.['method'] === 'GET' && isSteering(String(data['url']));
}

/**
 * Translates the stacks of an event to the sources; stacks that cannot be read stay as they are.
 */
async function readable(event: ErrorEvent): Promise<ErrorEvent> {
  const exceptions = event.exception?.values ?? [];
  const scripts = new Set(
    exceptions.flatMap(({ stacktrace }) => stacktrace?.frames ?? []).map((f) => f.filename ?? ''),
  );
  const maps = new Map<string, SourceMap | undefined>();
  for (const script of scripts) maps.set(script, await sourceMapOf(script));
  const values = exceptions.map((exception) => {
    const frames = exception.stacktrace?.frames;
    return frames
      ? { ...exception, stacktrace: { frames: readableStack(frames, (s) => maps.get(s)) } }
      : exception;
  });
  return event.exception ? { ...event, exception: { ...event.exception, values } } : event;
}

/**
 * Sends to the gateway. If the gateway refuses the page for now, or fails, the envelope is kept for
 * later.
 */
function sendOrKeep(
  options: Parameters<typeof makeFetchTransport>[0],
): ReturnType<typeof makeFetchTransport> {
  const direct = makeFetchTransport(options, wholeReply(globalThis.fetch));
  return {
    ...direct,
    send: async (envelope) => {
      const reply = await direct.send(envelope);
      if (isForLater(reply.statusCode)) throw new Error(`the gateway answered ${reply.statusCode}`);
      return reply;
    },
  };
}

/**
 * Reads every reply to its end and sends every request without `keepalive`. An unread reply keeps
 * its connection, of which a browser has six for all pages and streams of one server, and Chromium
 * lets such a request with `keepalive` wait for ever. Requests that are pending when the page is
 * closed are lost.
 */
export function wholeReply(send: typeof fetch): typeof fetch {
  return async (...[input, init]: Parameters<typeof fetch>) => {
    const reply = await send.call(globalThis, input, { ...init, keepalive: false });
    await reply.arrayBuffer().catch(() => undefined);
    return reply;
  };
}

/**
 * A restarted gateway answers pages of the previous launch with 401 until they are opened again.
 */
export function isForLater(status = 200): boolean {
  return status === 401 || status >= 500;
}

/** Matches URLs of this origin, and none that merely contain it. */
export function onlyOrigin(origin: string): RegExp {
  return new RegExp(`^${origin.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:[/?#]|$)`);
}
