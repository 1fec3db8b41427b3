import { TraceDetail } from '../core/api/schema';
import { brief, joined } from '../core/i18n/legible';
import { lineOfEvent, looseEvents } from './loose-events';

/** A heading has no room for more; the root span has the whole. */
const MOST_OF_A_NAME = 200;

/** A trace is named by its root. One of log lines and errors alone has none: their service and the first of them name it. */
export function nameOfTrace({
  summary,
  errors,
  logs,
}: Pick<TraceDetail, 'summary' | 'errors' | 'logs'>): string {
  if (summary.name !== '') return brief(summary.name, MOST_OF_A_NAME);
  const [first] = looseEvents(errors, logs, logs);
  if (!first) return '';
  const [line = ''] = lineOfEvent(first).trim().split('\n', 1);
  return brief(joined(': ', [first.service, line]), MOST_OF_A_NAME);
}
