import { Injectable } from '@angular/core';

import { PATIENCE_MS, TextRequest, answerOf, answered, api } from './gateway';

/** The request for the operator's report, which the first screen does not load. */
@Injectable({ providedIn: 'root' })
export class ReportGateway {
  /** The report of a day (UTC). It belongs to no player and needs no session; `cancel` ends the request. */
  dailyReport(day: string, cancel: AbortSignal) {
    const until = AbortSignal.any([cancel, AbortSignal.timeout(PATIENCE_MS)]);
    return answerOf(
      api.GET('/api/v1/reports/daily', {
        params: { query: { day } },
        fetch: (request) => answered(request as TextRequest, until),
      }),
    );
  }
}
