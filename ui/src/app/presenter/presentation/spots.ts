import { Injectable, inject } from '@angular/core';

import { Spot } from '../../core/api/schema';
import { OpenTrace } from '../../core/ui/open-trace';
import { SpotRows } from '../../core/ui/spot-rows';
import { firstShown } from './drawn';

/** Selects the element of a spot, by the names in its attribute `data-spot`. */
function selectorOf(spot: Spot): string {
  if (typeof spot === 'string') return `[data-spot~='${spot}']`;
  return 'problem' in spot ? `[data-spot~='problem-${spot.problem}']` : `[data-spot~='trace_row']`;
}

/** The places on the page that a script points at. */
@Injectable({ providedIn: 'root' })
export class Spots {
  private readonly trace = inject(OpenTrace);
  private readonly lists = inject(SpotRows);

  /**
   * Has the row of a spot drawn and in sight with the next rendering, wherever it is in its list, and null where the
   * spot is no row. False if the page has no such row.
   */
  bring(spot: Spot): boolean | null {
    const rows = this.trace.rows();
    if (typeof spot === 'object')
      return 'trace_row' in spot ? (rows?.row(spot.trace_row) ?? false) : null;
    // Without an open trace, a part of the spin's bar took most of the time.
    if (spot === 'culprit') return rows?.culprit() ?? null;
    return this.lists.bring(spot);
  }

  /** The element of a spot, if it is shown. A row that was brought has it once it is rendered. */
  elementOf(spot: Spot): Element | null {
    return firstShown([selectorOf(spot)]);
  }
}
