import { Comparison, OverheadView } from '../core/api/schema';

/** Shares of traces that the slider offers, 0 to 1. */
const USUAL_RATES = [0.01, 0.1, 0.25, 0.5, 1];

/** The API transfers shares in single precision: 0.1 may arrive as 0.10000000149. */
export function rounded(rate: number): number {
  return Number(rate.toFixed(5));
}

/** The positions of the slider: the usual shares, and other shares that were measured. */
export function ratesOf(measured: Iterable<number>): readonly number[] {
  return [...new Set([...USUAL_RATES, ...measured])].sort((one, other) => one - other);
}

/** The results of this session by share of traces, the newest last. */
export type Measured = ReadonlyMap<number, Comparison>;

/**
 * Adds the result of a reply. The reply contains the previous result while the next measurement runs, and after a
 * cancelled one.
 */
export function withResult(measured: Measured, { result }: Pick<OverheadView, 'result'>): Measured {
  if (!result) return measured;
  const rate = rounded(result.sample_rate);
  if (JSON.stringify(measured.get(rate)) === JSON.stringify(result)) return measured;
  return new Map([...[...measured].filter(([each]) => each !== rate), [rate, result]]);
}

/** Bytes per spin for each measured share, with bars relative to the largest. */
export function bytesByRate(
  measured: Measured,
): readonly { rate: number; bytes: number; width: number }[] {
  const all = [...measured].map(([rate, { on }]) => ({ rate, bytes: on.bytes_per_spin }));
  const most = Math.max(0, ...all.map(({ bytes }) => bytes));
  return all
    .sort((one, other) => one.rate - other.rate)
    .map((each) => ({ ...each, width: most > 0 ? (100 * each.bytes) / most : 0 }));
}
