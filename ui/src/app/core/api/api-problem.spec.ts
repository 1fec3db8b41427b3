import { NoAnswer, ApiProblem, stakeStatusOf, stakeWhereabouts } from './api-problem';
import { STAKE_STATUSES } from './parts';
import { StakeStatus } from './schema';

function problem(status: number, code: string, stakeStatus?: StakeStatus): ApiProblem {
  return new ApiProblem({
    status,
    code,
    detail: 'The gateway’s own sentence.',
    ...(stakeStatus && { stake_status: stakeStatus }),
  });
}

describe('where the stake is after a problem', () => {
  it('claims nothing about the stake when nothing is known', () => {
    expect(stakeWhereabouts(new NoAnswer())).toBe('unknown');
    expect(stakeWhereabouts(problem(500, 'internal'))).toBe('unknown');
    expect(stakeWhereabouts(new TypeError('a bug'))).toBe('unknown');
  });

  it('says of the stake what the payment service says, and guesses nothing from a refusal', () => {
    for (const word of STAKE_STATUSES) {
      expect(stakeWhereabouts(problem(402, 'insufficient_funds', word))).toBe(word);
    }
    for (const status of [400, 401, 402, 409, 429]) {
      expect(stakeWhereabouts(problem(status, 'idempotency_conflict'))).toBe('unknown');
    }
    expect(stakeStatusOf('a word of tomorrow')).toBe('unknown');
  });

  it('believes the gateway first', () => {
    expect(stakeWhereabouts(problem(409, 'idempotency_conflict', 'pending'))).toBe('pending');
  });
});
