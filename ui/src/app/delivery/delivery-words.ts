import { Phrase } from '../core/i18n/error-words';
import { isKey } from '../core/i18n/language';

/** A code of the collector in words; one that is not known is told in the collector's own sentence. */
export function outcomeWords(code: string, detail: string): Phrase | { literal: string } {
  const key = `outcome.${code}`;
  return isKey(key) ? { key } : { literal: detail };
}

/** Why an envelope is held or dead. */
export function reasonWords(reason: string): Phrase | { literal: string } {
  const key = `reason.${reason}`;
  return isKey(key) ? { key } : outcomeWords(reason, reason);
}

/** Something that a person should know about the collector. */
export function noticeWords(code: string, detail: string): Phrase | { literal: string } {
  const key = `notice.${code}`;
  return isKey(key) ? { key } : { literal: detail };
}

/** Why a door of the collector did not take what was sent. */
export function refusalWords(code: string, detail: string): Phrase | { literal: string } {
  const key = `notAccepted.${code}`;
  return isKey(key) ? { key } : { literal: detail };
}

/** A rule of scrubbing, named as Sentry names its own: `@email:filter`. */
export function ruleWords(rule: string): Phrase | { literal: string } {
  const [, what = '', how = ''] = /^@(\w+):(\w+)$/.exec(rule) ?? [];
  // What was removed altogether stood where Sentry takes nothing else: a network address.
  const key = `rule.${how === 'remove' ? 'ip' : what}`;
  return isKey(key) ? { key } : { literal: rule };
}
