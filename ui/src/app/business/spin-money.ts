import { Arrived, newestFirst } from '../core/api/arrival';
import { Micros } from '../core/api/micros';
import { TraceSummary } from '../core/api/schema';
import { minorUnits } from '../core/i18n/formats';
import { WELL } from '../traces/tree/measured-words';

/** The money of one spin, in minor units. */
export interface SpinMoney {
  readonly traceId: string;
  /** Number of the first envelope of its trace. */
  readonly arrived: number;
  readonly at: Micros;
  readonly stake: number;
  /** 0 for a failed spin, because its payout was not paid. */
  readonly payout: number;
  readonly failed: boolean;
  /** Whether the round is drawn by chance, so that it counts in the RTP. */
  readonly byChance: boolean;
  readonly release: string;
  /** Name of its trace. */
  readonly name: string;
  /** ISO 4217 code; empty where the trace has none. */
  readonly currency: string;
}

/** The oddity of a trace whose root has not arrived. */
const UNFINISHED = new Set(['missing_root', 'no_spans']);

/**
 * The money of a trace, or null where it has none. Three services measure a spin in three ways; the
 * trace summary has the root's measurement. When the root failed, the measurements of other
 * services are no revenue: the stake was reserved, and then returned or left open. The same holds
 * for a round that was voided after a successful response, for which a service measures a failed
 * stake. A round with the seed of another one has no measurement of the RTP.
 */
export function spinOf(trace: TraceSummary): SpinMoney | null {
  const { stake, payout, failed_stake, rtp } = trace.measurements;
  const currency = trace.currency ?? '';
  const lost = failed_stake?.value ?? 0;
  const staked = lost > 0 ? lost : (stake?.value ?? 0);
  if (staked <= 0 || trace.oddities.some((word) => UNFINISHED.has(word))) return null;
  const failed = lost > 0 || !WELL.has(trace.status);
  if (!failed && !payout) return null;
  return {
    traceId: trace.trace_id,
    arrived: trace.first_envelope,
    at: trace.start_us,
    stake: minorUnits(staked, currency),
    payout: failed ? 0 : minorUnits(payout?.value ?? 0, currency),
    failed,
    byChance: rtp !== undefined,
    release: trace.release ?? '',
    name: trace.name,
    currency,
  };
}

/** The totals of spins, in minor units. */
export interface Totals {
  /** Number of settled spins. */
  readonly settled: number;
  readonly staked: number;
  readonly paid: number;
  /** Gross gaming revenue: stakes less payouts. */
  readonly ggr: number;
  readonly failed: number;
  readonly failedStake: number;
  /** Settled spins that are drawn by chance, from which the RTP is computed. */
  readonly byChance: Sample;
}

/** Stakes and payouts of spins, in minor units. */
export interface Sample {
  readonly spins: number;
  readonly staked: number;
  readonly paid: number;
  /** Σs² of the stakes, which determines the width of the RTP's band. */
  readonly squares: number;
}

export function totalsOf(spins: readonly SpinMoney[]): Totals {
  const sums = { settled: 0, staked: 0, paid: 0, failed: 0, failedStake: 0 };
  const sample = { spins: 0, staked: 0, paid: 0, squares: 0 };
  for (const { stake, payout, failed, byChance } of spins) {
    if (failed) {
      sums.failed += 1;
      sums.failedStake += stake;
    } else {
      sums.settled += 1;
      sums.staked += stake;
      sums.paid += payout;
      if (!byChance) continue;
      sample.spins += 1;
      sample.staked += stake;
      sample.paid += payout;
      sample.squares += stake * stake;
    }
  }
  return { ...sums, ggr: sums.staked - sums.paid, byChance: sample };
}

/**
 * Adds the spins of new traces and replaces those of traces that have grown; oldest first, one spin
 * for each trace. Nearly sorted input is sorted in one pass.
 */
export function withSpins(
  spins: readonly SpinMoney[],
  news: ReadonlyMap<string, TraceSummary>,
): SpinMoney[] {
  const others = spins.filter(({ traceId }) => !news.has(traceId));
  const added = [...news.values()].flatMap((trace) => spinOf(trace) ?? []);
  return [...others, ...added].sort((one, other) => newestFirst(placeOf(other), placeOf(one)));
}

function placeOf({ traceId, arrived }: SpinMoney): Arrived {
  return { trace_id: traceId, first_envelope: arrived };
}
