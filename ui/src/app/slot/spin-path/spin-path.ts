import { Micros, ZERO, fromMilliseconds } from '../../core/api/micros';
import { TraceSummary } from '../../core/api/schema';
import { STATIONS } from '../../core/ui/service-colour';
import { Layout, failedActors } from '../../traces/tree/layout';
import { actorOf, durationOf } from '../../traces/tree/span-node';

/** A service of a spin, or the external provider. */
export type StationName = (typeof STATIONS)[number];

export interface Station {
  readonly name: StationName;
  /**
   * Nothing is known; the spin has arrived; it waits here, as far as the order of the calls tells; it has passed; it
   * failed here.
   */
  readonly state: 'dark' | 'asked' | 'waiting' | 'passed' | 'failed';
  /** Time of the spin in this service, in microseconds; null while it is unknown. */
  readonly time: Micros | null;
  /** Share of the critical path, 0 to 1; null until the trace is complete. */
  readonly share: number | null;
}

/** A spin whose trace is complete. */
export interface MeasuredPath {
  readonly total: Micros;
  readonly stations: readonly Station[];
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
  if (layout) return [...measuredPath(layout).stations];
  const services = new Map(summary?.services.map((share) => [share.service, share]));
  const times = new Map<StationName, Micros>();
  for (const name of STATIONS) {
    const known = services.get(name)?.transactions ? services.get(name) : undefined;
    // The provider sends no telemetry, so only the time of waiting for it is known.
    const waited = summary?.external.find(({ peer }) => peer === name)?.waiting_us;
    const time = name === 'payment-provider' ? waited : known?.own_us;
    if (time !== undefined) times.set(name, time);
  }
  const underWay = spinning ? underWayIn(times) : new Map<StationName, Station['state']>();
  return STATIONS.map((name) => {
    const state = underWay.get(name) ?? (times.has(name) ? 'passed' : 'dark');
    // A service that has not answered all requests of the spin has no time yet.
    return {
      name,
      state,
      time: state === 'passed' ? (times.get(name) ?? null) : null,
      share: null,
    };
  });
}

/**
 * The stations that a spin without a response has reached but not passed, by the order of the calls: the gateway asks
 * the user-service, then the game-engine, then the payment-service, which has answered two shorter requests before and
 * now asks the provider.
 */
function underWayIn(times: ReadonlyMap<StationName, Micros>): Map<StationName, Station['state']> {
  const states = new Map<StationName, Station['state']>([['frontend', 'asked']]);
  if (times.has('api-gateway')) return states;
  states.set('api-gateway', 'asked');
  const isSettling = times.has('game-engine');
  if (!times.has('user-service')) return states.set('user-service', 'waiting');
  states.set('payment-service', isSettling ? 'asked' : 'dark');
  if (!isSettling) return states.set('game-engine', 'waiting');
  if (times.has('payment-provider')) return states.set('payment-service', 'passed');
  return states.set('payment-provider', 'waiting');
}

export function measuredPath(layout: Layout): MeasuredPath {
  const shares = new Map(layout.shares.map((share) => [share.actor, share]));
  const failed = failedActors(layout.tree);
  const seen = new Set(layout.tree.nodes.map(actorOf));
  const { root } = layout.tree;
  return {
    total: root ? durationOf(root) : ZERO,
    stations: STATIONS.map((name) => ({
      name,
      state: failed.has(name) ? 'failed' : seen.has(name) ? 'passed' : 'dark',
      time: shares.get(name)?.time ?? null,
      share: shares.get(name)?.share ?? null,
    })),
  };
}

/** The page sends the last envelope of a spin; earlier ones are from the services. */
export function isWhole({ service, oddities }: TraceSummary): boolean {
  return service === 'frontend' && !oddities.includes('missing_root');
}

/**
 * A spin that takes less than this has no bottleneck: nobody feels it. On an idle computer a spin without problems takes
 * a fraction of it.
 */
export const SLOW = fromMilliseconds(500);

/** The station with the largest share of the critical path; null while that is unknown. */
export function longestOf(stations: readonly Station[]): Station | null {
  let most: Station | null = null;
  for (const station of stations) {
    if (station.share !== null && station.share > (most?.share ?? 0)) most = station;
  }
  return most;
}

/** A difference of at most this factor, or of less than this time, between two runs of the same round means nothing. */
const ALIKE = 1.1;
const ALIKE_TIME = fromMilliseconds(100);

export interface Comparison {
  readonly what: 'faster' | 'slower' | 'alike';
  /** The quotient of both times, at least 1. */
  readonly times: number;
}

export function compared(before: Micros, after: Micros): Comparison {
  const quotient = before / Math.max(1, after);
  const times = Math.max(quotient, 1 / Math.max(quotient, Number.MIN_VALUE));
  if (times < ALIKE || Math.abs(before - after) < ALIKE_TIME) return { what: 'alike', times };
  return { what: quotient > 1 ? 'faster' : 'slower', times };
}
