/** The part of a list that is shown, and how many of the list are not: whoever cuts a list says so. */
export interface Capped<T> {
  readonly shown: readonly T[];
  readonly rest: number;
}

/** The first of a list, `most` at most. */
export function firstOf<T>(all: readonly T[], most: number): Capped<T> {
  return { shown: all.slice(0, most), rest: Math.max(all.length - most, 0) };
}

/** The last of a list, `most` at most. */
export function lastOf<T>(all: readonly T[], most: number): Capped<T> {
  return { shown: all.slice(-most), rest: Math.max(all.length - most, 0) };
}
