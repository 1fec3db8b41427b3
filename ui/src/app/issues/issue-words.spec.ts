import { micros } from '../core/micros';
import { IssueSummary } from '../core/telemetry-wire';
import { statusWords } from './issue-words';

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
  last_seen_us: micros(0),
  trace_ids: [],
  status: 'unresolved',
};

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
  });
});
