import { ErrorEvent, TraceSummary } from '../core/api/schema';
import { minorUnits } from '../core/i18n/formats';

interface Stakes {
  /** Number of different failed spins. */
  readonly spins: number;
  /** One for each currency, in minor units. */
  readonly sums: readonly { readonly currency: string; readonly minor: number }[];
}

/** The stakes of the failed spins in whose traces these events are, each spin once. */
export function stakesOf(
  events: readonly Pick<ErrorEvent, 'trace_id'>[],
  failed: readonly Pick<TraceSummary, 'trace_id' | 'measurements' | 'currency'>[],
): Stakes {
  const ids = new Set(events.map(({ trace_id }) => trace_id));
  const sums = new Map<string, number>();
  let spins = 0;
  for (const { trace_id, measurements, currency } of failed) {
    const stake = measurements['failed_stake']?.value ?? 0;
    if (!ids.has(trace_id) || stake <= 0 || currency === undefined) continue;
    spins += 1;
    sums.set(currency, (sums.get(currency) ?? 0) + minorUnits(stake, currency));
  }
  return { spins, sums: [...sums].map(([currency, minor]) => ({ currency, minor })) };
}
