import { STAKE_STATUSES } from './parts';
import type { ApiProblem as WholeProblem, StakeStatus } from './schema';

/** What came of `application/problem+json`; an answer of something else than the gateway has its status alone. */
export type ProblemBody = Partial<Omit<WholeProblem, 'code'>> & { status: number; code: string };

/** The gateway answered, and the answer is no. */
export class ApiProblem extends Error {
  // The class has another name in a build, and this one groups its events.
  override readonly name = 'ApiProblem';

  constructor(
    readonly body: ProblemBody,
    readonly retryAfterSeconds: number | null = null,
  ) {
    super(body.detail ?? body.title ?? body.code);
  }

  get code(): string {
    return this.body.code;
  }
}

/** No answer at all: the request or its reply was lost, so its outcome is unknown. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** The page was closed while a spin was under way. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** The payment service says where the stake is, by the gateway. Where nobody says it, nothing is claimed. */
export function stakeWhereabouts(error: unknown): StakeStatus {
  return error instanceof ApiProblem ? stakeStatusOf(error.body.stake_status) : 'unknown';
}

/** A word that this page does not know says nothing that it could claim. */
export function stakeStatusOf(word: string | undefined): StakeStatus {
  return STAKE_STATUSES.find((known) => known === word) ?? 'unknown';
}
