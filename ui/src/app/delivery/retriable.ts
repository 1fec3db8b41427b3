/** Sent again only one by one: what a person gave up, and what Sentry would drop. What is damaged never is. */
const NOT_TOGETHER = new Set(['discarded', 'too_old', 'damaged']);

/** How many dead envelopes "all" means when all of them are sent again. */
export function retriable(deadByReason: Readonly<Record<string, number>> = {}): number {
  return Object.entries(deadByReason)
    .filter(([reason]) => !NOT_TOGETHER.has(reason))
    .reduce((sum, [, count]) => sum + count, 0);
}
