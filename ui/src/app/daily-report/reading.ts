import { Micros, between } from '../core/api/micros';
import { TraceDetail } from '../core/api/schema';

/** What a report is made from: every bet that exists, or the totals that are kept of each day. */
export const SOURCES = ['bets', 'totals'] as const;
export type Source = (typeof SOURCES)[number];

/** How a report was made, by the trace of its question. */
export interface Reading {
  readonly source: Source;
  /** Number of documents that the query read. */
  readonly rows: number;
  /** Duration of the query. */
  readonly query: Micros;
  readonly traceId: string;
}

/** The query of a report in its trace; null while it has not arrived. */
export function readingOf({ summary, spans }: TraceDetail): Reading | null {
  const query = spans.find(({ service, op }) => service === 'payment-service' && op === 'db.query');
  const rows = query?.data['db.rows_scanned'];
  if (!query || typeof rows !== 'number') return null;
  return {
    source: query.data['db.collection.name'] === 'bets' ? 'bets' : 'totals',
    rows,
    query: between(query.start_us, query.end_us),
    traceId: summary.trace_id,
  };
}
