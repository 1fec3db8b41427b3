import { Key, Params, isKey } from './language';
import { ProblemBody, STAKE_STATUSES, StakeStatus } from './wire';

/** The gateway answered, and the answer is no. */
export class Problem extends Error {
  // The class has another name in a build, and this one groups its events.
  override readonly name = 'Problem';

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

export interface Phrase {
  key: Key;
  params?: Params;
}

/** What is said of a failed spin: what happened, where the money is, and what to do next. */
export interface ProblemWords {
  /** A known problem has a phrase; for an unknown one the gateway's own sentence is shown. */
  what: Phrase | { literal: string };
  money: Phrase;
  todo: Phrase;
}

/** `status` is where the stake stands by now, if more is known than when it failed. */
export function problemWords(error: unknown, status = stakeWhereabouts(error)): ProblemWords {
  const money: Phrase = { key: `money.${status}` };
  const over = status === 'untouched' || status === 'returned' || status === 'paid';
  if (error instanceof Interrupted) {
    return {
      what: { key: 'problem.interrupted.what' },
      money,
      todo: { key: over ? 'problem.payment_declined.todo' : 'problem.interrupted.todo' },
    };
  }
  if (error instanceof NoAnswer) {
    return {
      what: { key: 'problem.no_answer.what' },
      money,
      todo: { key: over ? 'problem.payment_declined.todo' : 'problem.no_answer.todo' },
    };
  }
  if (!(error instanceof Problem)) {
    return {
      what: { key: 'problem.internal.what' },
      money,
      todo: { key: 'problem.internal.todo' },
    };
  }
  const what = `problem.${error.code}.what`;
  const todo = `problem.${error.code}.todo`;
  const params = { seconds: error.retryAfterSeconds ?? 1 };
  return {
    what: isKey(what) ? { key: what, params } : { literal: error.message },
    money,
    todo: isKey(todo) ? { key: todo, params } : { key: 'problem.internal.todo' },
  };
}

/** What is said of a request that is no spin and did not succeed. */
export function refusalWords(error: unknown): Phrase | { literal: string } {
  if (!(error instanceof Problem)) return { key: 'settings.failed' };
  // What is said of a spin may guess what it went through; of another request that is not known.
  const own = `refusal.${error.code}`;
  if (isKey(own)) return { key: own };
  const what = `problem.${error.code}.what`;
  return isKey(what) ? { key: what } : { literal: error.message };
}

/** The payment service says where the stake is, by the gateway. Where nobody says it, nothing is claimed. */
export function stakeWhereabouts(error: unknown): StakeStatus {
  return error instanceof Problem ? stakeStatusOf(error.body.stake_status) : 'unknown';
}

/** A word that this page does not know says nothing that it could claim. */
export function stakeStatusOf(word: string | undefined): StakeStatus {
  return STAKE_STATUSES.find((known) => known === word) ?? 'unknown';
}
