import type { firstScreen } from './languages/en/first-screen';
import type { pages } from './languages/en/pages';

/**
 * A phrase with a count: one form for each plural category of the language (CLDR), at least
 * `other`.
 */
export type Plural = Readonly<Partial<Record<Intl.LDMLPluralRule, string>>> & {
  readonly other: string;
};
/** Marks a phrase with a count in English, whose keys are the keys of every language. */
interface EnglishPlural {
  readonly one: string;
  readonly other: string;
}

type PhrasesOf<T> = {
  readonly [K in keyof T]: T[K] extends string
    ? string
    : T[K] extends EnglishPlural
      ? Plural
      : PhrasesOf<T[K]>;
};

/** The phrases that a language needs before the page is drawn; a missing one does not compile. */
export type FirstScreenPhrases = PhrasesOf<typeof firstScreen>;
/** The same for all other phrases. */
export type PagePhrases = PhrasesOf<typeof pages>;

type Keys<T> = {
  [K in keyof T & string]: T[K] extends string
    ? K
    : T[K] extends EnglishPlural
      ? never
      : `${K}.${Keys<T[K]>}`;
}[keyof T & string];
type PluralKeys<T> = {
  [K in keyof T & string]: T[K] extends string
    ? never
    : T[K] extends EnglishPlural
      ? K
      : `${K}.${PluralKeys<T[K]>}`;
}[keyof T & string];

/** The key of a phrase; a misspelt one does not compile. */
export type Key = Keys<typeof firstScreen> | Keys<typeof pages>;
/** The key of a phrase with a count. */
export type PluralKey = PluralKeys<typeof firstScreen> | PluralKeys<typeof pages>;

/** The phrases of one language by key. */
export type Phrasebook = ReadonlyMap<string, string | Plural>;

export function phrasebook(...parts: readonly object[]): Phrasebook {
  const book = new Map<string, string | Plural>();
  const add = (node: object, path: string): void => {
    for (const [name, value] of Object.entries(node) as [string, string | object][]) {
      if (typeof value === 'string' || isPlural(value)) book.set(path + name, value);
      else add(value, `${path}${name}.`);
    }
  };
  for (const part of parts) add(part, '');
  return book;
}

const FORMS: ReadonlySet<string> = new Set(['zero', 'one', 'two', 'few', 'many', 'other']);

/** A group of phrases has other names beside `other`. */
function isPlural(node: object): node is Plural {
  const names = Object.keys(node);
  return names.includes('other') && names.every((name) => FORMS.has(name));
}
