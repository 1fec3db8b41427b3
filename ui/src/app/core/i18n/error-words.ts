import { Interrupted, NoAnswer, ApiProblem, stakeWhereabouts } from '../api/api-problem';
import { Message, Phrase, isKey } from './language';

/** The texts about a failed spin: what happened, where the money is, and what to do next. */
interface ProblemWords {
  what: Message;
  money: Phrase;
  todo: Phrase;
}

/** `status` is where the stake stands now, if that is known better than at the failure. */
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
  if (!(error instanceof ApiProblem)) {
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

/** The text about a failed request that is no spin. */
export function refusalWords(error: unknown): Message {
  if (!(error instanceof ApiProblem)) return { key: 'settings.failed' };
  // Texts about a spin assume its course, which is wrong for other requests.
  const own = `refusal.${error.code}`;
  if (isKey(own)) return { key: own };
  const what = `problem.${error.code}.what`;
  return isKey(what) ? { key: what } : { literal: error.message };
}
