import { Injectable } from '@angular/core';

import { beginRoot, recordedId, within } from '../core/api/root-span';

/** The name of a trace that begins with the question for a report. */
export const REPORT = 'daily-report';
const OK = 1;
const ERROR = 2;

/** How the question for a report ended; a person who cancels it, or asks for another day, is no failure. */
export type ReportEnd = 'ok' | 'cancelled' | 'unavailable';

/** The root transaction of a report, from the question to the reply. */
export interface ReportTrace {
  /** Null if it is not recorded, because only a share of the traces is. */
  readonly id: string | null;
  /** Runs `ask`; the request that it sends belongs to the trace. */
  during<T>(ask: () => T): T;
  end(how: ReportEnd): void;
}

/** Begins the trace that the services continue. */
@Injectable({ providedIn: 'root' })
export class ReportTraces {
  begin(): ReportTrace {
    const root = beginRoot({ name: REPORT });
    return {
      id: recordedId(root),
      during: (ask) => within(root, ask),
      end: (how) => {
        // The status `cancelled` counts as no failure.
        root.setStatus(how === 'ok' ? { code: OK } : { code: ERROR, message: how });
        root.end();
      },
    };
  }
}
