import { micros } from '../core/api/micros';
import { addressOf } from '../traces/list/trace-list';
import { periodOf } from './buckets';
import { SpinMoney } from './spin-money';

/** The filter of the list of traces that shows these spins, from the earliest to the latest; null without spins. */
export function tracesOf(spins: readonly SpinMoney[]): Record<string, string> | null {
  const [first] = spins;
  const period = periodOf(spins);
  if (!first || !period) return null;
  return addressOf({
    since: period.first,
    until: micros(period.last + 1),
    // Restricted to the name of the spins, because the page sends other requests in between.
    ...(spins.every(({ name }) => name === first.name) ? { name: first.name } : {}),
  });
}

/** Link to the traces of the failed spins, of one release or of all; empty where none failed. */
export function failuresPath(spins: readonly SpinMoney[], release = ''): string {
  const names = new Set(spins.filter(({ failed }) => failed).map(({ name }) => name));
  if (names.size === 0) return '';
  const [name] = names;
  const query = new URLSearchParams(
    addressOf({
      outcome: 'failed',
      ...(release === '' ? {} : { release }),
      ...(names.size === 1 && name !== undefined ? { name } : {}),
    }),
  );
  return `/traces?${query}`;
}
