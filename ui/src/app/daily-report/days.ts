const DAY_MS = 86_400_000;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The present day in UTC, by which the ledger counts, as `2026-01-31`. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

/** The day so many days later. */
export function daysLater(day: string, days: number): string {
  return new Date(Date.parse(day) + days * DAY_MS).toISOString().slice(0, 10);
}

/** The day that an address names; null where it names none that has begun. */
export function dayOf(text: string | null, now: string): string | null {
  if (text === null || !DAY.test(text) || text > now) return null;
  const time = Date.parse(text);
  // A browser may take the 31st of a shorter month for a day of the next one.
  return !Number.isNaN(time) && daysLater(text, 0) === text ? text : null;
}
