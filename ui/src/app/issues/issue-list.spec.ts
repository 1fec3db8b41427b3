import { micros } from '../core/api/micros';
import { IssueSummary } from '../core/api/schema';
import { isOpen, sharePercent, withIssue } from './issue-list';

const issue = (issue_id: string, seen: number, more: Partial<IssueSummary> = {}): IssueSummary => ({
  issue_id,
  kind: 'PaymentTimeout',
  value: '',
  culprit: '',
  level: 'error',
  events: 1,
  players: 0,
  services: [],
  releases: [],
  first_seen_us: micros(0),
  last_seen_us: micros(seen),
  trace_ids: [],
  status: 'unresolved',
  ...more,
});

describe('the list of issues', () => {
  it('has each issue once, last seen first', () => {
    const list = withIssue([issue('a', 3), issue('b', 2)], issue('b', 4, { events: 2 }));
    expect(list.map(({ issue_id, events }) => [issue_id, events])).toEqual([
      ['b', 2],
      ['a', 1],
    ]);
  });

  it('counts as open what is back', () => {
    const open = (['unresolved', 'resolved', 'reopened', 'regressed'] as const).map((status) =>
      isOpen({ status }),
    );
    expect(open).toEqual([true, false, true, true]);
  });

  it('knows a share only of requests that were recorded', () => {
    const share = { service: 's', transaction: 't', failed: 1, requests: 10, estimated: false };
    expect(sharePercent({ share })).toBe(10);
    expect(sharePercent({ share: { ...share, requests: 0 } })).toBeNull();
    expect(sharePercent({})).toBeNull();
  });
});
