import { browserTracingIntegration, init } from '@sentry/angular';

/** What the gateway starts this page's SDK with. */
interface PageSettings {
  dsn: string;
  environment: string;
  release: string;
  traces_sample_rate: number;
}

/** The gateway is on this machine; one that takes longer is not worth a blank window. */
const PATIENCE_MS = 1_500;

/**
 * Starts Sentry with the settings of the gateway. Without them the page starts all the same, and reports nothing:
 * a machine that cannot be observed is better than none.
 */
export async function startReporting(): Promise<void> {
  try {
    const reply = await fetch('/api/settings/page', {
      cache: 'no-store',
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (reply.ok) report((await reply.json()) as PageSettings);
  } catch {
    // The page says by itself that the gateway does not answer.
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
    tracePropagationTargets: [onlyOrigin(location.origin)],
    // A player is an id: no address is to be inferred from the request.
    dataCollection: { userInfo: false },
    // Timings of a request arrive later than its answer, and a spin is reported as soon as it is answered.
    integrations: [browserTracingIntegration({ enableHTTPTimings: false })],
    initialScope: { tags: { service: 'frontend' } },
  });
}

/** Matches addresses of this origin, and none that merely contain it. */
export function onlyOrigin(origin: string): RegExp {
  return new RegExp(`^${origin.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?:[/?#]|$)`);
}
