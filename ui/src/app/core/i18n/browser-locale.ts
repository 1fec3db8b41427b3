/*
 * On a system without a language (`LANG=C.UTF-8`) the web view reports the language `c`, which is
 * no valid tag: `Intl` throws, for example when the chart library is loaded. This module must be
 * imported before all others.
 */

const FALLBACK = 'en-US';

/** Those of the browser's tags that `Intl` accepts; at least one. */
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

/** Makes the browser report only valid tags. */
export function withValidLocale(browser: Pick<Navigator, 'language' | 'languages'>): void {
  const named = [browser.language, ...(browser.languages ?? [])];
  if (named.every(isLocale)) return;
  const locales = validLocales(named);
  const languages = Object.freeze([...new Set(locales)]);
  Object.defineProperty(browser, 'language', { value: locales[0], configurable: true });
  Object.defineProperty(browser, 'languages', { value: languages, configurable: true });
}

withValidLocale(navigator);
