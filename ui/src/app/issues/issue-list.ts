import { IssueSummary } from '../core/api/schema';

/** Whether it waits for somebody: open, or back again. A collector that keeps no status has only open ones. */
export function isOpen({ status }: Pick<IssueSummary, 'status'>): boolean {
  return status !== 'resolved';
}

/** The list with one issue in it as it is now: last seen first. */
export function withIssue(list: readonly IssueSummary[], news: IssueSummary): IssueSummary[] {
  const others = list.filter(({ issue_id }) => issue_id !== news.issue_id);
  return [news, ...others].sort(
    (one, other) =>
      other.last_seen_us - one.last_seen_us || (one.issue_id < other.issue_id ? -1 : 1),
  );
}

/** The same rows, each as its issue is now. */
export function asNow(
  held: readonly IssueSummary[],
  issues: readonly IssueSummary[],
): IssueSummary[] {
  const now = new Map(issues.map((issue) => [issue.issue_id, issue]));
  return held.map((issue) => now.get(issue.issue_id) ?? issue);
}

/** How many issues came or happened again since the rows were as they are held. */
export function newsIn(newest: readonly IssueSummary[], held: readonly IssueSummary[]): number {
  const seen = new Map(held.map(({ issue_id, last_seen_us }) => [issue_id, last_seen_us]));
  return newest.filter(({ issue_id, last_seen_us }) => {
    const before = seen.get(issue_id);
    return before === undefined || before < last_seen_us;
  }).length;
}

/** In per cent; null where no request is known. */
export function sharePercent({ share }: Pick<IssueSummary, 'share'>): number | null {
  return share && share.requests > 0 ? (share.failed / share.requests) * 100 : null;
}
