import { TestBed } from '@angular/core/testing';

import { ZERO, micros } from '../core/api/micros';
import { IssueSummary } from '../core/api/schema';
import { Language, provideLanguages } from '../core/i18n/language';
import { byWeight, isOpen, newsIn, openWords, sharePercent, withIssue } from './issue-list';

const issue = (
  issue_id: string,
  envelope: number,
  more: Partial<IssueSummary> = {},
): IssueSummary => ({
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
  last_envelope: envelope,
  last_seen_us: micros(envelope),
  recent: { from_us: ZERO, each_us: micros(30_000_000), counts: [1] },
  stakes: [],
  trace_ids: [],
  status: 'unresolved',
  ...more,
});

describe('the list of issues', () => {
  it('has each issue once, the last to happen first', () => {
    const list = withIssue([issue('a', 3), issue('b', 2)], issue('b', 4, { events: 2 }));
    expect(list.map(({ issue_id, events }) => [issue_id, events])).toEqual([
      ['b', 2],
      ['a', 1],
    ]);
  });

  it('has what happened last first, although the clock was set back', () => {
    const held = [issue('a', 3), issue('b', 2)];
    const back = issue('b', 4, { last_seen_us: micros(1) });
    const list = withIssue(held, back);
    expect(list.map(({ issue_id }) => issue_id)).toEqual(['b', 'a']);
    expect(newsIn(list, held)).toBe(1);
  });

  it('begins with what happens most often and is open', () => {
    const list = [
      issue('a', 5),
      issue('b', 4, { events: 70 }),
      issue('c', 3, { events: 99, status: 'resolved' }),
      issue('d', 6),
    ];
    expect(byWeight(list).map(({ issue_id }) => issue_id)).toEqual(['b', 'd', 'a', 'c']);
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

describe('the number of open issues', () => {
  it('says that there may be more than are listed', () => {
    TestBed.configureTestingModule({ providers: [provideLanguages()] });
    const language = TestBed.inject(Language);
    expect(openWords(1, false, language)).toEqual({ count: '1', text: '1 unresolved issue' });
    expect(openWords(500, true, language)).toEqual({
      count: '500+',
      text: '500+ unresolved issues',
    });
  });
});
