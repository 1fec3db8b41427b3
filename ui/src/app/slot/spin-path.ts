import { Micros, fromMilliseconds } from '../core/api/micros';
import { TraceSummary } from '../core/api/schema';
import { Layout } from '../traces/layout';
import { actorOf } from '../traces/span-node';

/** The services of a spin, in the order in which it reaches them; the last one is external. */
const STATIONS = [
  'frontend',
  'api-gateway',
  'user-service',
  'game-engine',
  'payment-service',
  'payment-provider',
] as const;
type StationName = (typeof STATIONS)[number];

export interface Station {
  readonly name: StationName;
  /** Nothing is known; the spin has arrived; it has passed; it failed here. */
  readonly state: 'dark' | 'asked' | 'passed' | 'failed';
  /** Time of the spin in this service, in microseconds; null while it is unknown. */
  readonly time: Micros | null;
  /** Share of the critical path, 0 to 1; null until the trace is complete. */
  readonly share: number | null;
}

/**
 * The path of a spin through the services. While envelopes arrive, the summary contains the services that have
 * responded and their own times. The complete trace contains their shares of the critical path, and the failure: the
 * lowest failed spans.
 */
export function pathOf(
  summary: TraceSummary | null,
  layout: Layout | null,
  spinning: boolean,
): Station[] {
  if (layout) {
    const shares = new Map(layout.shares.map((share) => [share.actor, share]));
    const failed = new Set(
      layout.tree.nodes.filter((node) => node.failed && !node.failedBelow).map(actorOf),
    );
    for (const { service } of layout.tree.looseErrors) failed.add(service);
    const seen = new Set(layout.tree.nodes.map(actorOf));
    return STATIONS.map((name) => ({
      name,
      state: failed.has(name) ? 'failed' : seen.has(name) ? 'passed' : 'dark',
      time: shares.get(name)?.time ?? null,
      share: shares.get(name)?.share ?? null,
    }));
  }
  const services = new Map(summary?.services.map((share) => [share.service, share]));
  return STATIONS.map((name) => {
    const known = services.get(name)?.transactions ? services.get(name) : undefined;
    // The provider sends no telemetry, so only the time of waiting for it is known.
    const waited = summary?.external.find(({ peer }) => peer === name)?.waiting_us;
    const time = name === 'payment-provider' ? waited : known?.own_us;
    const asked = spinning && name === 'frontend';
    return {
      name,
      state: time !== undefined ? 'passed' : asked ? 'asked' : 'dark',
      time: time ?? null,
      share: null,
    };
  });
}

/** The page sends the last envelope of a spin; earlier ones are from the services. */
export function isWhole({ service, oddities }: TraceSummary): boolean {
  return service === 'frontend' && !oddities.includes('missing_root');
}

/**
 * A part of a spin that takes at least this long is slow, and the longest one is called the bottleneck. On an idle
 * computer all parts of a spin without problems take less in total, and each problem that takes time exceeds it in its
 * own part.
 */
export const SLOW = fromMilliseconds(200);

export function isSlow({ time }: Station): boolean {
  return time !== null && time >= SLOW;
}

/** The station with the largest share of the critical path; null while that is unknown. */
export function longestOf(stations: readonly Station[]): Station | null {
  let most: Station | null = null;
  for (const station of stations) {
    if (station.share !== null && station.share > (most?.share ?? 0)) most = station;
  }
  return most;
}
