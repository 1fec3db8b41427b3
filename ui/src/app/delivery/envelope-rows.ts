import { EnvelopeSummary } from '../core/api/schema';

/** The rows of the list of envelopes: newest first, each envelope once. */
export type Rows = readonly EnvelopeSummary[];

/** Appends the next page and leaves out envelopes that are listed already. */
export function withOlder(rows: Rows, page: Rows): Rows {
  const last = rows.at(-1)?.seq ?? Infinity;
  return [...rows, ...page.filter(({ seq }) => seq < last)];
}

/** The same rows in the same order, with their present states. */
export function updated(rows: Rows, page: Rows): Rows {
  const news = new Map(page.map((row) => [row.seq, row]));
  return rows.map((row) => news.get(row.seq) ?? row);
}

/**
 * Number of envelopes of a page that are newer than every row; a full page means that there may be
 * more.
 */
export function newer(rows: Rows, page: Rows): number {
  const first = rows[0]?.seq ?? -Infinity;
  return page.filter(({ seq }) => seq > first).length;
}
