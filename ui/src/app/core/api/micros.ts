declare const unit: unique symbol;

/**
 * Microseconds: a time since the Unix epoch (UTC) or, where a name says so, a span of time. The brand keeps
 * milliseconds out; a time of today needs 51 bits, so a double holds it exactly.
 */
export type Micros = number & { readonly [unit]: 'microseconds' };

export const ZERO = 0 as Micros;

/** Says that a number, of a computation or of the wire, is microseconds. */
export function micros(value: number): Micros {
  return value as Micros;
}

export function fromMilliseconds(milliseconds: number): Micros {
  return (milliseconds * 1000) as Micros;
}

export function toMilliseconds(value: Micros): number {
  return value / 1000;
}

/** `later - earlier`, a span of time. */
export function between(earlier: Micros, later: Micros): Micros {
  return (later - earlier) as Micros;
}
