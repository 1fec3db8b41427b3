/**
 * Whole seconds until the moment, rounded up; 0 once it is reached. Both arguments are milliseconds
 * since the Unix epoch.
 */
export function secondsUntil(moment: number, now: number): number {
  return Math.max(0, Math.ceil((moment - now) / 1000));
}

/** 9 → "0:09", 75 → "1:15", 3675 → "1:01:15"; equal in every language. */
export function spelled(seconds: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}:${two(seconds % 60)}`
    : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
}
