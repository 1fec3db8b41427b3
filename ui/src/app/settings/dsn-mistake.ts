/**
 * What is wrong with a DSN that was refused, so that it can be said in either language; null where the gateway knows
 * more than this.
 */
export function dsnMistake(text: string): 'address' | 'key' | 'project' | null {
  const typed = text.trim();
  if (!URL.canParse(typed)) return 'address';
  const { protocol, username, pathname } = new URL(typed);
  if (!['http:', 'https:'].includes(protocol)) return 'address';
  if (username === '') return 'key';
  return /\/\d+$/.test(pathname) ? null : 'project';
}
