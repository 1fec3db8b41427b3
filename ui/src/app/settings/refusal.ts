import { ApiProblem } from '../core/api/api-problem';
import { refusalWords } from '../core/i18n/error-words';
import { Message, isKey } from '../core/i18n/language';
import { dsnMistake } from './dsn-mistake';

/** Why a change of the settings was refused. */
export interface Refusal {
  /** The field to blame, as the gateway names it; `''` where there is none. */
  field: string;
  words: Message;
}

/** `field` is the changed field, and `typed` its text. */
export function refusalOf(error: unknown, field: string, typed: string): Refusal {
  if (!(error instanceof ApiProblem)) return { field, words: refusalWords(error) };
  const blamed = error.body.field ?? field;
  if (error.code === 'dsn_invalid') {
    const mistake = dsnMistake(typed);
    const words = mistake
      ? ({ key: `settings.dsnMistake.${mistake}` } as const)
      : { literal: error.message };
    return { field: blamed, words };
  }
  // This code has another meaning than for a spin: the settings file is not available.
  const key = `settings.refused.${error.code === 'invalid_request' ? blamed : error.code}`;
  return { field: blamed, words: isKey(key) ? { key } : refusalWords(error) };
}
