import { Span, TraceDetail } from '../core/api/schema';
import { spanOf } from '../testing/any-spans';
import { TRACE } from '../testing/replies';
import { readingOf } from './reading';

function detail(...spans: Span[]): TraceDetail {
  return { summary: TRACE, spans } as unknown as TraceDetail;
}

const query = (collection: string, rows: number): Span =>
  spanOf('q', null, 100, 400, {
    service: 'payment-service',
    op: 'db.query',
    data: { 'db.collection.name': collection, 'db.rows_scanned': rows },
  });

describe('how a report was made', () => {
  it('is told by the query of its trace', () => {
    expect(readingOf(detail(query('bets', 1_204)))).toEqual({
      source: 'bets',
      rows: 1_204,
      query: 300,
      traceId: 't',
    });
    expect(readingOf(detail(query('reports', 1)))?.source).toBe('totals');
  });

  it('is unknown while the query has not arrived', () =>
    expect(readingOf(detail(spanOf('a', null, 0, 1)))).toBeNull());
});
