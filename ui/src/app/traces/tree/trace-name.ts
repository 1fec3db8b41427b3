import { TraceDetail } from '../../core/api/schema';
import { brief, joined } from '../../core/i18n/legible';
import { lineOfEvent, looseEvents } from './loose-events';

/** Limit of the heading, in characters; the details of the root span have the whole name. */
const MOST_OF_A_NAME = 200;

/**
 * The name of a trace is that of its root. A trace without spans is named by the service and the text of its first log
 * line or error.
 */
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
