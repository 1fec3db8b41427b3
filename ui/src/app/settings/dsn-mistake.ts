/** In the words of the collector, which looks at a DSN in the same order (`services/collector/src/dsn.rs`). */
export const DSN_MISTAKES = [
  'empty',
  'not_a_url',
  'scheme',
  'no_host',
  'no_key',
  'odd_key',
  'trailing',
  'no_project',
  'odd_project',
] as const;
export type DsnMistake = (typeof DSN_MISTAKES)[number];

/** Longest DSN that the collector looks at. */
const MOST = 2048;

/**
 * What is wrong with a DSN that was refused, so that it can be said in either language; null where the gateway knows
 * more than this.
 */
export function dsnMistake(text: string): DsnMistake | null {
  const typed = text.trim();
  if (typed === '') return 'empty';
  // A browser drops the user of an address without a host, and calls it invalid altogether.
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
