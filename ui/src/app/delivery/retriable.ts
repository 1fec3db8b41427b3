/**
 * Reasons of dead envelopes that are retried only one by one: discarded by a person, or too old for
 * Sentry. Damaged ones are never retried.
 */
const NOT_TOGETHER = new Set(['discarded', 'too_old', 'damaged']);

/** Number of dead envelopes that "retry all" covers. */
export function retriable(
  // In a template `?.` gives null.
  deadByReason: Readonly<Record<string, number>> | null | undefined,
): number {
  return Object.entries(deadByReason ?? {})
    .filter(([reason]) => !NOT_TOGETHER.has(reason))
    .reduce((sum, [, count]) => sum + count, 0);
}
