import { STAKE_STATUSES } from './parts';
import type {
  ApiProblem as WholeProblem,
  FormulaMistake,
  ScriptMistake,
  StakeStatus,
} from './schema';

/**
 * The content of `application/problem+json`; a reply that is not the gateway's has only its status.
 */
export type ProblemBody = Partial<Omit<WholeProblem, 'code'>> & {
  status: number;
  code: string;
  /** Of a script that was refused. */
  mistakes?: readonly ScriptMistake[];
  /** Of a formula that was refused. */
  mistake?: FormulaMistake;
};

/** The gateway answered with an error. */
export class ApiProblem extends Error {
  // A build renames the class, and events are grouped by this name.
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

/** Whether the error would be the same if the request were repeated. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof ApiProblem)) return false;
  const { status } = error.body;
  return status >= 400 && status < 500 && status !== 408 && status !== 429;
}

/** There is no reply: the request or its reply was lost, so the outcome is unknown. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** The page was closed during a spin. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * The position of the stake, which the payment-service reports through the gateway; `unknown`
 * without such a report.
 */
export function stakeWhereabouts(error: unknown): StakeStatus {
  return error instanceof ApiProblem ? stakeStatusOf(error.body.stake_status) : 'unknown';
}

/** An unknown value counts as no report. */
export function stakeStatusOf(word: string | undefined): StakeStatus {
  return STAKE_STATUSES.find((known) => known === word) ?? 'unknown';
}
