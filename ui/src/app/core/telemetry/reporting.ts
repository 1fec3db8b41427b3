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
import { pageAt, pathOf } from '../ui/pages';
import { SourceMap, readableStack } from './readable-stack';
import { sourceMapOf } from './source-maps';

/** What the gateway starts this page's SDK with. */
interface PageSettings {
  dsn: string;
  environment: string;
  release: string;
  traces_sample_rate: number;
}

/** The gateway is on this machine; one that takes longer is not worth a blank window. */
const PATIENCE_MS = 1_500;
/** Envelopes that wait in the browser while the gateway is away; a spin makes two. */
const MOST_WAITING = 1_000;

/**
 * Starts Sentry with the settings of the gateway. Without them the page starts all the same, and reports nothing:
 * a machine that cannot be observed is better than none.
 */
export async function startReporting(): Promise<void> {
  const settings = await pageSettings();
  if (settings) report(settings);
}

/** Reports from now on as the gateway says, without loading the page anew. */
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
  // A session belongs to one release, whose health it tells.
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
    // The page says by itself that the gateway does not answer.
    return undefined;
  }
}

function report({ dsn, environment, release, traces_sample_rate }: PageSettings): void {
  init({
    dsn,
    environment,
    release,
    tracesSampleRate: traces_sample_rate,
    // Streamed spans lose their measurements.
    traceLifecycle: 'static',
    // Everything leaves through the gateway; the page's policy lets it talk to nobody else.
    tunnel: '/api/telemetry/envelope',
    // While the gateway is away what is captured waits in the browser, and goes as soon as it is back.
    transport: (options) =>
      makeBrowserOfflineTransport(sendOrKeep)({
        ...options,
        maxQueueSize: MOST_WAITING,
        flushAtStartup: true,
      }),
    tracePropagationTargets: [onlyOrigin(location.origin)],
    // A player is an id: no address is to be inferred from the request.
    dataCollection: { userInfo: false },
    // Timings of a request arrive later than its answer, and a spin is reported as soon as it is answered.
    integrations: [
      browserTracingIntegration({
        enableHTTPTimings: false,
        // Whoever reads traces makes none: an address changes with every row that is looked at.
        instrumentNavigation: false,
        shouldCreateSpanForRequest: (url) => !isSteering(url),
        // Named for the page, not for the trace that it shows.
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
 * An answer that says no is reported by the service that failed, with the place where it did; of a refusal (4xx)
 * there is nothing to report. Here it is a breadcrumb of the next error.
 */
export function reportedElsewhere(error: unknown): boolean {
  return error instanceof ApiProblem;
}

/** Whether a request steers the demo or looks how it goes: that is no part of what the demo shows. */
export function isSteering(url: string): boolean {
  return /^\/api\/(problems|traffic|overhead|faults)(\/|$)/.test(
    new URL(url, location.origin).pathname,
  );
}

/** Looks come every second, and would leave no room for what was done before an error. */
export function isLook({ category, data }: Breadcrumb): boolean {
  return category === 'fetch' && data?.['method'] === 'GET' && isSteering(String(data['url']));
}

/** The event with its stacks in terms of the sources. One that cannot be read goes as it is. */
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

/** Sends to the gateway. One that does not let this page in now, or has a problem of its own, takes it later. */
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
 * Reads every reply to its end, and lets no request outlive the page. A reply that nobody reads keeps its connection, of which
 * a browser has six for all pages and streams of one server; Chromium lets a request that may outlive its page wait for good
 * then. What a page that is closed had under way is lost with it.
 */
export function wholeReply(send: typeof fetch): typeof fetch {
  return async (...[input, init]: Parameters<typeof fetch>) => {
    const reply = await send.call(globalThis, input, { ...init, keepalive: false });
    await reply.arrayBuffer().catch(() => undefined);
    return reply;
  };
}

/** A gateway that was started anew knows no page of its last launch: 401 until this one is opened again. */
export function isForLater(status = 200): boolean {
  return status === 401 || status >= 500;
}

/** Matches addresses of this origin, and none that merely contain it. */
export function onlyOrigin(origin: string): RegExp {
  return new RegExp(`^${origin.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:[/?#]|$)`);
}
