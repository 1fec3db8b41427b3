import { languageNamed } from '../../testing/languages';
import { LANGUAGES, LanguageEntry, PSEUDO } from './languages';
import { legible } from './legible';
import { Phrasebook, Plural, phrasebook } from './phrases';

const bookOf = async (entry: LanguageEntry): Promise<Phrasebook> => {
  const [{ firstScreen }, { pages }] = await Promise.all([entry.firstScreen(), entry.pages()]);
  return phrasebook(firstScreen, pages);
};
const textsOf = (phrase: string | Plural): string[] =>
  typeof phrase === 'string' ? [phrase] : Object.values(phrase);
const slots = (text: string): string[] =>
  [...text.matchAll(/\{\{ (\w+) \}\}/g)].map(([, name]) => name ?? '').sort();
/**
 * A form may contain its number as a word and then has no placeholder; the form `other` has all
 * placeholders.
 */
const slotsOf = (phrase: string | Plural): string[] =>
  slots(typeof phrase === 'string' ? phrase : phrase.other);

for (const entry of [...LANGUAGES, PSEUDO]) {
  describe(`the phrases in ${entry.name}`, () => {
    let english: Phrasebook;
    let book: Phrasebook;
    beforeAll(async () => {
      [english, book] = [await bookOf(languageNamed('en')), await bookOf(entry)];
    });

    it('are those of English, and have the same slots', () => {
      expect([...book.keys()].sort()).toEqual([...english.keys()].sort());
      for (const [key, phrase] of book) {
        const wanted = slotsOf(english.get(key) ?? '');
        expect([key, slotsOf(phrase)]).toEqual([key, wanted]);
        for (const text of textsOf(phrase))
          expect([key, wanted]).toEqual([key, expect.arrayContaining(slots(text))]);
      }
    });

    it('have the forms of a count that the language has, and no others', () => {
      const { pluralCategories } = new Intl.PluralRules(entry.locale).resolvedOptions();
      for (const [key, phrase] of book)
        if (typeof phrase === 'object')
          expect([key, Object.keys(phrase).sort()]).toEqual([key, [...pluralCategories].sort()]);
    });

    it('are not empty, and no slot is misspelt', () => {
      for (const [key, phrase] of book)
        for (const text of textsOf(phrase)) {
          expect([key, text.trim().length > 0]).toEqual([key, true]);
          expect([key, text.replace(/\{\{ \w+ \}\}/g, '')]).not.toEqual([
            key,
            expect.stringMatching(/[{}]/),
          ]);
        }
    });

    it('hold no character that is not seen: the page would name it', () => {
      for (const [key, phrase] of book)
        for (const text of textsOf(phrase)) expect([key, legible(text)]).toEqual([key, text]);
    });
  });
}
