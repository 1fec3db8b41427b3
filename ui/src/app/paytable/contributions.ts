import { SymbolName } from '../core/api/schema';

export interface Contribution {
  symbol: SymbolName;
  rtpPercent: number;
  /** Length of the bar: the fraction of the largest contribution, 0 to 1. */
  part: number;
}

/** The contribution of each symbol to the RTP, the largest first; the entries for different counts are added. */
export function contributionBars(
  entries: readonly { symbol: SymbolName; rtp_percent: number }[],
): Contribution[] {
  const sums = new Map<SymbolName, number>();
  for (const { symbol, rtp_percent } of entries) {
    sums.set(symbol, (sums.get(symbol) ?? 0) + rtp_percent);
  }
  const largest = Math.max(...sums.values(), 0);
  return [...sums]
    .map(([symbol, rtpPercent]) => ({
      symbol,
      rtpPercent,
      part: largest > 0 ? rtpPercent / largest : 0,
    }))
    .sort((left, right) => right.rtpPercent - left.rtpPercent);
}
