import { EnvelopeSummary } from '../core/api/schema';

/** Envelopes as they are listed: the newest first, each once. */
export type Rows = readonly EnvelopeSummary[];

/** The list with the next page below it. What is listed already is not listed twice. */
export function withOlder(rows: Rows, page: Rows): Rows {
  const last = rows.at(-1)?.seq ?? Infinity;
  return [...rows, ...page.filter(({ seq }) => seq < last)];
}

/** The same rows in the same order, with what has become of them since. */
export function updated(rows: Rows, page: Rows): Rows {
  const news = new Map(page.map((row) => [row.seq, row]));
  return rows.map((row) => news.get(row.seq) ?? row);
}

/** How many of a page are newer than every row; as many as the page holds means: or more. */
export function newer(rows: Rows, page: Rows): number {
  const first = rows[0]?.seq ?? -Infinity;
  return page.filter(({ seq }) => seq > first).length;
}
