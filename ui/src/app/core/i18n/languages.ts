import { Units } from './formats';
import { FirstScreenPhrases, PagePhrases } from './phrases';

/** A language of the page. What it says is in `languages/<code>`, and is loaded when it is chosen. */
export interface LanguageEntry {
  readonly code: string;
  /** As those who speak it call it. */
  readonly name: string;
  /** How numbers, money and dates are written: a tag of BCP 47. */
  readonly locale: string;
  /** Languages whose readers are shown this one, as long as they have none of their own. */
  readonly standsInFor: readonly string[];
  readonly firstScreen: () => Promise<{
    readonly firstScreen: FirstScreenPhrases;
    readonly units: Units;
  }>;
  readonly pages: () => Promise<{ readonly pages: PagePhrases }>;
}

/** In the order in which they are offered. */
export const LANGUAGES: readonly LanguageEntry[] = [
  {
    code: 'ru',
    name: 'Русский',
    locale: 'ru-RU',
    standsInFor: ['be', 'kk', 'ky', 'tg'],
    firstScreen: () => import('./languages/ru/first-screen'),
    pages: () => import('./languages/ru/pages'),
  },
  {
    code: 'en',
    name: 'English',
    locale: 'en-GB',
    standsInFor: [],
    firstScreen: () => import('./languages/en/first-screen'),
    pages: () => import('./languages/en/pages'),
  },
];

/**
 * English as no language writes it: accented, and longer. It is offered nowhere; a test that looks for text that is cut off or
 * that no phrase says asks for it in the address, as `?language=en-XA`.
 */
export const PSEUDO: LanguageEntry = {
  code: 'en-XA',
  name: 'Pseudo',
  locale: 'en-GB',
  standsInFor: [],
  firstScreen: async () => {
    const { pseudoFirstScreen, units } = await import('./pseudo');
    return { firstScreen: pseudoFirstScreen, units };
  },
  pages: async () => ({ pages: (await import('./pseudo')).pseudoPages }),
};

/** For those who read none of the others. */
const FALLBACK = 'en';

/** The language for those whose browser speaks `tag`. */
export function languageOf(tag: string | undefined): LanguageEntry {
  const [primary = ''] = (tag ?? '').toLowerCase().split('-');
  const found =
    LANGUAGES.find(({ code }) => code === primary) ??
    LANGUAGES.find(({ standsInFor }) => standsInFor.includes(primary)) ??
    LANGUAGES.find(({ code }) => code === FALLBACK);
  if (!found) throw new Error(`there is no ${FALLBACK}`);
  return found;
}
