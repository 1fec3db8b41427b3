/** The part of a list that is shown, and the number of omitted elements, which the page must state. */
export interface Capped<T> {
  readonly shown: readonly T[];
  readonly rest: number;
}

/** The first elements of a list, at most `most`. */
export function firstOf<T>(all: readonly T[], most: number): Capped<T> {
  return { shown: all.slice(0, most), rest: Math.max(all.length - most, 0) };
}

/** The last elements of a list, at most `most`. */
export function lastOf<T>(all: readonly T[], most: number): Capped<T> {
  return { shown: all.slice(-most), rest: Math.max(all.length - most, 0) };
}
