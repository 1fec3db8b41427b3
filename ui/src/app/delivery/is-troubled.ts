import { Delivery } from '../core/api/schema';

/** Whether something holds up delivery at present; the last error may be over. */
export function isTroubled({ destinations, rate_limits }: Delivery): boolean {
  return (
    rate_limits.length > 0 ||
    destinations.some(({ next_attempt_at }) => next_attempt_at !== undefined)
  );
}
