/** Duration of counting, in milliseconds: longer for a larger change in stakes, with an upper limit. */
export function countUpMs(change: number, stake: number): number {
  const multiple = Math.abs(change) / Math.max(1, stake);
  return Math.round(Math.min(1600, 350 + 250 * Math.log2(1 + multiple)));
}

/**
 * The amount to show while counting from one amount to another: fast at first, exact at the end, and always a whole
 * number of minor units.
 */
export function countUpAt(from: number, to: number, elapsed: number, duration: number): number {
  if (duration <= 0 || elapsed >= duration) return to;
  const part = Math.max(0, elapsed) / duration;
  const eased = 1 - (1 - part) ** 3;
  return Math.round(from + (to - from) * eased);
}
