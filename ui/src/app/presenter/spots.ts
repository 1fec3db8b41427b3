import { Spot } from '../core/api/schema';
import { firstShown } from './drawn';

/** Selects the element of a spot, by the names in its attribute `data-spot`. */
function selectorOf(spot: Spot): string {
  if (typeof spot === 'string') return `[data-spot~='${spot}']`;
  return 'problem' in spot ? `[data-spot~='problem-${spot.problem}']` : `[data-spot~='trace_row']`;
}

/** The element of a spot, if it is shown. */
export function elementOf(spot: Spot): Element | null {
  return firstShown([selectorOf(spot)]);
}
