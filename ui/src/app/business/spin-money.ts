import { newestFirst } from '../core/arrival';
import { Micros } from '../core/micros';
import { TraceSummary } from '../core/telemetry-wire';
import { WELL } from '../traces/measured-words';

/** The money of one spin, in minor units. */
export interface SpinMoney {
  readonly traceId: string;
  readonly at: Micros;
  readonly stake: number;
  /** 0 for a spin that failed: what it drew was not paid. */
  readonly payout: number;
  readonly failed: boolean;
  readonly release: string;
  /** Name of its trace. */
  readonly name: string;
  /** ISO 4217 code; empty where the trace names none. */
  readonly currency: string;
}

/** Telemetry has major units, with two digits after the point. */
const MINOR = 100;
/** What a trace lacks while its root is still to come. */
const UNFINISHED = new Set(['missing_root', 'no_spans']);

/**
 * What a trace says of money, or null when it says nothing. A spin is measured by three services and in three ways; the
 * summary of its trace has what the root measured, once. When the root did not end well, what others measured on the way
 * is money that was not earned: the stake was drawn for, and given back or left open. So it is with a round that was voided
 * behind an answer that was good: a service measured its stake as failed.
 */
export function spinOf(trace: TraceSummary): SpinMoney | null {
  const { stake, payout, failed_stake } = trace.measurements;
  const lost = failed_stake?.value ?? 0;
  const staked = lost > 0 ? lost : (stake?.value ?? 0);
  if (staked <= 0 || trace.oddities.some((word) => UNFINISHED.has(word))) return null;
  const failed = lost > 0 || !WELL.has(trace.status);
  if (!failed && !payout) return null;
  return {
    traceId: trace.trace_id,
    at: trace.start_us,
    stake: Math.round(staked * MINOR),
    payout: failed ? 0 : Math.round((payout?.value ?? 0) * MINOR),
    failed,
    release: trace.release ?? '',
    name: trace.name,
    currency: trace.currency ?? '',
  };
}

/** What spins amount to, in minor units. */
export interface Totals {
  /** Spins that were settled. */
  readonly settled: number;
  readonly staked: number;
  readonly paid: number;
  /** Gross gaming revenue: stakes less payouts. */
  readonly ggr: number;
  readonly failed: number;
  readonly failedStake: number;
  /** Σs² of the settled stakes: how unequal they are decides how sure their RTP is. */
  readonly squares: number;
}

export function totalsOf(spins: readonly SpinMoney[]): Totals {
  const sums = { settled: 0, staked: 0, paid: 0, failed: 0, failedStake: 0, squares: 0 };
  for (const { stake, payout, failed } of spins) {
    if (failed) {
      sums.failed += 1;
      sums.failedStake += stake;
    } else {
      sums.settled += 1;
      sums.staked += stake;
      sums.paid += payout;
      sums.squares += stake * stake;
    }
  }
  return { ...sums, ggr: sums.staked - sums.paid };
}

/** Spins as they arrived, oldest first, each trace once: the newest word on a trace counts. */
export function inOrder(traces: Iterable<TraceSummary>): SpinMoney[] {
  const byTrace = new Map<string, TraceSummary>();
  for (const trace of traces) byTrace.set(trace.trace_id, trace);
  return [...byTrace.values()]
    .sort(newestFirst)
    .reverse()
    .flatMap((trace) => spinOf(trace) ?? []);
}
