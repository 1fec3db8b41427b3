/*
 * A system without a language (`LANG=C.UTF-8`) makes the web view say `c`, which is no language tag: whoever passes it to
 * Intl, as the chart library does when it is loaded, fails. This is imported before everything else.
 */

const FALLBACK = 'en-US';

/** The tags that Intl takes, of those that the browser names; one at least. */
export function validLocales(
  tags: readonly (string | undefined)[],
): readonly [string, ...string[]] {
  const [first = FALLBACK, ...rest] = tags.filter(isLocale);
  return [first, ...rest];
}

function isLocale(tag: string | undefined): tag is string {
  if (!tag) return false;
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}

/** Lets a browser name only languages that there can be. */
export function withValidLocale(browser: Pick<Navigator, 'language' | 'languages'>): void {
  const named = [browser.language, ...(browser.languages ?? [])];
  if (named.every(isLocale)) return;
  const locales = validLocales(named);
  const languages = Object.freeze([...new Set(locales)]);
  Object.defineProperty(browser, 'language', { value: locales[0], configurable: true });
  Object.defineProperty(browser, 'languages', { value: languages, configurable: true });
}

withValidLocale(navigator);
