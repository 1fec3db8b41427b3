/**
 * The codes of the collector, which checks a DSN in the same order
 * (`services/collector/src/dsn.rs`).
 */
type DsnMistake =
  | 'empty'
  | 'not_a_url'
  | 'scheme'
  | 'no_host'
  | 'no_key'
  | 'odd_key'
  | 'trailing'
  | 'no_project'
  | 'odd_project';

/** Limit of the length of a DSN, equal to the collector's. */
const MOST = 2048;

/** Why a DSN was refused, to say it in the page's language; null where only the gateway knows. */
export function dsnMistake(text: string): DsnMistake | null {
  const typed = text.trim();
  if (typed === '') return 'empty';
  // For a URL without a host, a browser ignores the user and reports it as invalid.
  if (/^https?:\/\/(?:[^/?#]*@)?(?:[/?#]|$)/i.test(typed)) return 'no_host';
  if (typed.length > MOST || !URL.canParse(typed)) return 'not_a_url';
  const { protocol, username, pathname, search, hash } = new URL(typed);
  if (!['http:', 'https:'].includes(protocol)) return 'scheme';
  if (username === '') return 'no_key';
  if (!/^[\w-]+$/.test(username)) return 'odd_key';
  if (search !== '' || hash !== '') return 'trailing';
  const project = pathname.replace(/\/+$/, '').split('/').at(-1) ?? '';
  if (project === '') return 'no_project';
  return /^\d+$/.test(project) ? null : 'odd_project';
}
