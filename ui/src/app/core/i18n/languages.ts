import { ScriptLanguage } from '../api/schema';
import { Units } from './formats';
import { FirstScreenPhrases, PagePhrases } from './phrases';

/**
 * A language of the page. Its phrases are in `languages/<code>` and are loaded when it is chosen.
 */
export interface LanguageEntry {
  readonly code: string;
  /** Its name in itself. */
  readonly name: string;
  /** The locale of numbers, money and dates, a BCP 47 tag. */
  readonly locale: string;
  /** Languages whose readers get this one, because they have no phrases of their own. */
  readonly standsInFor: readonly string[];
  /** The language of what the server writes for it: the presenter's script and the report. */
  readonly script: ScriptLanguage;
  readonly firstScreen: () => Promise<{
    readonly firstScreen: FirstScreenPhrases;
    readonly units: Units;
  }>;
  readonly pages: () => Promise<{ readonly pages: PagePhrases }>;
}

/** In the order of the choice. */
export const LANGUAGES: readonly LanguageEntry[] = [
  {
    code: 'ru',
    name: 'Русский',
    locale: 'ru-RU',
    standsInFor: ['be', 'kk', 'ky', 'tg'],
    script: 'ru',
    firstScreen: () => import('./languages/ru/first-screen'),
    pages: () => import('./languages/ru/pages'),
  },
  {
    code: 'en',
    name: 'English',
    locale: 'en-GB',
    standsInFor: [],
    script: 'en',
    firstScreen: () => import('./languages/en/first-screen'),
    pages: () => import('./languages/en/pages'),
  },
];

/**
 * English with accents and 40 % longer. It is not offered; a test that looks for cut text, or for
 * text without a phrase, requests it with `?language=en-XA`.
 */
export const PSEUDO: LanguageEntry = {
  code: 'en-XA',
  name: 'Pseudo',
  locale: 'en-GB',
  standsInFor: [],
  script: 'en',
  firstScreen: async () => {
    const { pseudoFirstScreen, units } = await import('./pseudo');
    return { firstScreen: pseudoFirstScreen, units };
  },
  pages: async () => ({ pages: (await import('./pseudo')).pseudoPages }),
};

/** The language for readers of other languages. */
const FALLBACK = 'en';

/** Returns the language for a browser that reports `tag`. */
export function languageOf(tag: string | undefined): LanguageEntry {
  const [primary = ''] = (tag ?? '').toLowerCase().split('-');
  const found =
    LANGUAGES.find(({ code }) => code === primary) ??
    LANGUAGES.find(({ standsInFor }) => standsInFor.includes(primary)) ??
    LANGUAGES.find(({ code }) => code === FALLBACK);
  if (!found) throw new Error(`there is no ${FALLBACK}`);
  return found;
}
