import { Micros } from '../core/api/micros';
import { IssueSummary } from '../core/api/schema';

/** Number of bars. */
export const RECENT_BARS = 40;

/**
 * The path of one bar for each interval up to `end` with events, in a box of `RECENT_BARS` × 1. Rows with the same `end`
 * have the same axis of time; the highest bar of each fills its box.
 */
export function recentPath(
  { from_us, each_us, counts }: IssueSummary['recent'],
  end: Micros,
): string {
  const most = Math.max(...counts);
  const left = Math.floor(end / each_us) - RECENT_BARS + 1;
  const first = from_us / each_us - left;
  return counts
    .map((count, index) => ({ x: first + index, height: count / most }))
    .filter(({ x, height }) => x >= 0 && x < RECENT_BARS && height > 0)
    .map(({ x, height }) => `M${x} 1v${-height.toFixed(2)}h.8V1z`)
    .join('');
}
