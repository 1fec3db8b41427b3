import { NoAnswer, Problem } from '../core/problem';
import { statusOf } from './spin-trace';

describe('the status of a failed spin', () => {
  const check = (error: unknown, expected: string): void => expect(statusOf(error)).toBe(expected);
  const answer = (status: number): Problem => new Problem({ status, code: 'x' });

  it('is the word that Sentry has for the answer', () => {
    check(new NoAnswer(), 'unavailable');
    check(answer(402), 'invalid_argument');
    check(answer(429), 'resource_exhausted');
    check(answer(502), 'internal_error');
    check(answer(504), 'deadline_exceeded');
    check(new TypeError(), 'internal_error');
  });
});
