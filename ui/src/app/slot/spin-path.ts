import { Micros, fromMilliseconds } from '../core/api/micros';
import { TraceSummary } from '../core/api/schema';
import { Layout } from '../traces/layout';
import { actorOf } from '../traces/span-node';

/** Whom a spin passes, in the order in which it first meets them; the last one is somebody else's. */
export const STATIONS = [
  'frontend',
  'api-gateway',
  'user-service',
  'game-engine',
  'payment-service',
  'payment-provider',
] as const;
export type StationName = (typeof STATIONS)[number];

export interface Station {
  readonly name: StationName;
  /** Nothing is known yet; the spin is there; it has passed; it failed here. */
  readonly state: 'dark' | 'asked' | 'passed' | 'failed';
  /** Of the spin's time, microseconds; null while it is not known. */
  readonly time: Micros | null;
  /** Of the whole, 0 to 1; known once the trace is complete. */
  readonly share: number | null;
}

/**
 * The way of a spin, as far as the collector has told. While envelopes come in, the summary says which services have
 * answered and how long they worked; the complete trace says how much of the critical path each had, and where it
 * failed: at the lowest spans that did.
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
    // The provider records nothing: of it is known how long it was waited for.
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

/** The envelope of the page ends a spin's trace: what comes before it is told by the services. */
export function isWhole({ service, oddities }: TraceSummary): boolean {
  return service === 'frontend' && !oddities.includes('missing_root');
}

/**
 * From this long on a part of a spin is called slow, and its bottleneck. All parts of a sound spin together take less on an idle
 * computer; each problem that takes time takes more in its own part. Below it the longest part is only the longest: one is
 * always.
 */
export const SLOW = fromMilliseconds(200);

export function isSlow({ time }: Station): boolean {
  return time !== null && time >= SLOW;
}

/** Who had the largest share of the critical path; null while that is not known. */
export function longestOf(stations: readonly Station[]): Station | null {
  let most: Station | null = null;
  for (const station of stations) {
    if (station.share !== null && station.share > (most?.share ?? 0)) most = station;
  }
  return most;
}
