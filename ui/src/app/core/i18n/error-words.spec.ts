import { NoAnswer, ApiProblem } from '../api/api-problem';
import { StakeStatus } from '../api/schema';
import { problemWords, refusalWords } from './error-words';

function problem(status: number, code: string, stakeStatus?: StakeStatus): ApiProblem {
  return new ApiProblem({
    status,
    code,
    detail: 'The gateway’s own sentence.',
    ...(stakeStatus && { stake_status: stakeStatus }),
  });
}

describe('what is said of a problem', () => {
  it('translates a known code and says where the stake is', () => {
    expect(problemWords(problem(502, 'payment_declined', 'returned'))).toMatchObject({
      what: { key: 'problem.payment_declined.what' },
      money: { key: 'money.returned' },
      todo: { key: 'problem.payment_declined.todo' },
    });
  });

  it('falls back to the sentence of the gateway for an unknown code', () => {
    expect(problemWords(problem(503, 'brand_new')).what).toEqual({
      literal: 'The gateway’s own sentence.',
    });
  });

  it('does not take an inherited property for a code', () => {
    expect(problemWords(problem(500, 'constructor')).what).toHaveProperty('literal');
  });

  it('passes on how long to wait', () => {
    const limited = new ApiProblem({ status: 429, code: 'rate_limited' }, 7);
    expect(problemWords(limited).todo.params).toEqual({ seconds: 7 });
  });

  it('says what is known by now, and asks for no retry of what is over', () => {
    expect(problemWords(new NoAnswer(), 'returned')).toMatchObject({
      money: { key: 'money.returned' },
      todo: { key: 'problem.payment_declined.todo' },
    });
    expect(problemWords(new NoAnswer(), 'reserved').todo).toEqual({
      key: 'problem.no_answer.todo',
    });
  });

  it('says of other requests what happened, and of none that was lost more than that', () => {
    expect(refusalWords(new NoAnswer())).toEqual({ key: 'settings.failed' });
    expect(refusalWords(problem(503, 'service_unavailable'))).toEqual({
      key: 'refusal.service_unavailable',
    });
    expect(refusalWords(problem(401, 'launch_token_required'))).toEqual({
      key: 'problem.launch_token_required.what',
    });
    expect(refusalWords(problem(418, 'teapot'))).toEqual({
      literal: 'The gateway’s own sentence.',
    });
  });
});
