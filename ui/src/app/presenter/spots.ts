import { Spot } from '../core/api/schema';

/** The name of a spot without its details. */
export type SpotName = Spot extends infer S ? (S extends string ? S : keyof S) : never;

/** Selects the element of a spot, by the names in its attribute `data-spot`. */
export function selectorOf(spot: Spot): string {
  if (typeof spot === 'string') return `[data-spot~='${spot}']`;
  return 'problem' in spot ? `[data-spot~='problem-${spot.problem}']` : `[data-spot~='trace_row']`;
}
