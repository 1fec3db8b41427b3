declare const unit: unique symbol;

/**
 * Microseconds: a time since the Unix epoch (UTC) or, where the name says so, a duration. The brand
 * prevents mixing with milliseconds. A present time needs 51 bits, so a double represents it
 * exactly.
 */
export type Micros = number & { readonly [unit]: 'microseconds' };

export const ZERO = 0 as Micros;

/** Marks a number, computed or received, as microseconds. */
export function micros(value: number): Micros {
  return value as Micros;
}

export function fromMilliseconds(milliseconds: number): Micros {
  return (milliseconds * 1000) as Micros;
}

export function toMilliseconds(value: Micros): number {
  return value / 1000;
}

/** The duration `later - earlier`. */
export function between(earlier: Micros, later: Micros): Micros {
  return (later - earlier) as Micros;
}
