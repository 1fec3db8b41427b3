import { Delivery } from '../core/api/schema';

/** Whether something holds delivery up at this moment; the last error outlives what it was about. */
export function isTroubled({ destinations, rate_limits }: Delivery): boolean {
  return (
    rate_limits.length > 0 ||
    destinations.some(({ next_attempt_at }) => next_attempt_at !== undefined)
  );
}
