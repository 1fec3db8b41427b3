import { Injectable, signal } from '@angular/core';

import { TraceRow } from '../api/schema';

/** The trace that is shown, as far as other parts of the page may point at its rows. */
interface Rows {
  /** Selects the row that took most of the time, and scrolls to it; false if there is none. */
  readonly culprit: () => boolean;
  /** The same for the first row of a service and an operation. */
  readonly row: (wanted: TraceRow) => boolean;
}

/** Set by the page of a trace once its rows are drawn. */
@Injectable({ providedIn: 'root' })
export class OpenTrace {
  readonly rows = signal<Rows | null>(null);
}
