import { Message, isKey } from '../core/i18n/language';

/** The phrase of a code of the collector; an unknown code has the collector's own sentence. */
export function outcomeWords(code: string, detail: string): Message {
  const key = `outcome.${code}`;
  return isKey(key) ? { key } : { literal: detail };
}

/** Why an envelope is held or dead. */
export function reasonWords(reason: string): Message {
  const key = `reason.${reason}`;
  return isKey(key) ? { key } : outcomeWords(reason, reason);
}

/** A notice of the collector. */
export function noticeWords(code: string, detail: string): Message {
  const key = `notice.${code}`;
  return isKey(key) ? { key } : { literal: detail };
}

/** Why the collector refused an envelope. */
export function refusalWords(code: string, detail: string): Message {
  const key = `notAccepted.${code}`;
  return isKey(key) ? { key } : { literal: detail };
}

/** The name of a scrubbing rule in Sentry's notation: `@email:filter`. */
export function ruleWords(rule: string): Message {
  const [, what = '', how = ''] = /^@(\w+):(\w+)$/.exec(rule) ?? [];
  // A value that was removed entirely is a network address, because Sentry accepts nothing else in
  // its place.
  const key = `rule.${how === 'remove' ? 'ip' : what}`;
  return isKey(key) ? { key } : { literal: rule };
}
