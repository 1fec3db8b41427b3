import { IssueSummary } from '../core/api/schema';
import { Language } from '../core/i18n/language';

/** Whether an issue is unresolved or regressed. A collector without states has only open issues. */
export function isOpen({ status }: Pick<IssueSummary, 'status'>): boolean {
  return status !== 'resolved';
}

/**
 * The list with the new state of one issue; the last to happen first. The order is that of arrival, because the wall
 * clock of a laptop may be set back by hours.
 */
export function withIssue(list: readonly IssueSummary[], news: IssueSummary): IssueSummary[] {
  const others = list.filter(({ issue_id }) => issue_id !== news.issue_id);
  return [news, ...others].sort(
    (one, other) =>
      other.last_envelope - one.last_envelope || (one.issue_id < other.issue_id ? -1 : 1),
  );
}

/** What matters first: open issues before resolved ones, and of them what happened most often. */
export function byWeight(issues: readonly IssueSummary[]): IssueSummary[] {
  return issues.toSorted(
    (one, other) =>
      Number(isOpen(other)) - Number(isOpen(one)) ||
      other.events - one.events ||
      other.last_envelope - one.last_envelope,
  );
}

/** The same rows with the present states of their issues. */
export function asNow(
  held: readonly IssueSummary[],
  issues: readonly IssueSummary[],
): IssueSummary[] {
  const now = new Map(issues.map((issue) => [issue.issue_id, issue]));
  return held.map((issue) => now.get(issue.issue_id) ?? issue);
}

/** Number of issues that are new or happened again since the rows were held. */
export function newsIn(newest: readonly IssueSummary[], held: readonly IssueSummary[]): number {
  const seen = new Map(held.map(({ issue_id, last_envelope }) => [issue_id, last_envelope]));
  return newest.filter(({ issue_id, last_envelope }) => {
    const before = seen.get(issue_id);
    return before === undefined || before < last_envelope;
  }).length;
}

/** The number of open issues; of a cut list only the listed ones are counted. */
export function openWords(open: number, cut: boolean, language: Language) {
  const count = language.formats().number(open) + (cut ? '+' : '');
  return { count, text: language.count('insights.issues.openCount', open, { count }) };
}

/** In per cent; null if no request is known. */
export function sharePercent({ share }: Pick<IssueSummary, 'share'>): number | null {
  return share && share.requests > 0 ? (share.failed / share.requests) * 100 : null;
}
