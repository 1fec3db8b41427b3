import { TestBed } from '@angular/core/testing';

import { ZERO, micros } from '../core/api/micros';
import { IssueSummary } from '../core/api/schema';
import { Language, provideLanguages } from '../core/i18n/language';
import { shareWords, statusWords } from './issue-words';

const issue: IssueSummary = {
  issue_id: 'a',
  kind: 'PaymentTimeout',
  value: '',
  culprit: '',
  level: 'error',
  events: 1,
  players: 0,
  services: [],
  releases: [],
  first_seen_us: micros(0),
  last_envelope: 1,
  last_seen_us: micros(0),
  recent: { from_us: ZERO, each_us: micros(30_000_000), counts: [1] },
  stakes: [],
  trace_ids: [],
  status: 'unresolved',
};

describe('the share of requests', () => {
  const check = (estimated: boolean, percent: string, hint: RegExp): void => {
    TestBed.configureTestingModule({ providers: [provideLanguages()] });
    const share = { service: 'payments', transaction: 'POST /pay', failed: 2, requests: 20 };
    const words = shareWords(
      { ...issue, share: { ...share, estimated } },
      TestBed.inject(Language),
    );
    expect(words.percent).toBe(percent);
    expect(words.hint).toMatch(hint);
  };

  it('is told as it was counted', () =>
    check(false, '10.0%', /^2 of 20 “POST \/pay” requests .* in the collector\.$/));
  it('is told as an estimate where it is one', () =>
    check(true, '≈10.0%', /^2 of 20 “POST \/pay” requests .* estimate/));
});

describe('how an issue stands', () => {
  const check = (more: Partial<IssueSummary>, expected: string): void => {
    const say = (key: string, params = {}): string => `${key} ${Object.values(params).join(' ')}`;
    expect(statusWords({ ...issue, ...more }, say).trim()).toBe(`insights.issues.${expected}`);
  };

  it('names the releases that are known', () => {
    check({}, 'status.unresolved');
    check({ status: 'resolved', resolved_in: '1.9.0' }, 'resolvedIn 1.9.0');
    check({ status: 'resolved' }, 'status.resolved');
    check(
      { status: 'regressed', resolved_in: '1.9.0', regressed_in: '1.10.0' },
      'regressedIn 1.9.0 1.10.0',
    );
    check({ status: 'regressed', resolved_in: '1.9.0' }, 'regressed');
    check({ status: 'reopened', resolved_in: '1.9.0', reopened_in: '1.9.0' }, 'stillIn 1.9.0');
    check(
      { status: 'reopened', resolved_in: '1.9.0', reopened_in: '1.8.0' },
      'reopenedIn 1.9.0 1.8.0',
    );
    check({ status: 'reopened', resolved_in: '1.9.0' }, 'status.reopened');
  });
});
