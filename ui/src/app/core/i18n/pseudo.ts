import { firstScreen } from './languages/en/first-screen';
import { pages } from './languages/en/pages';
import { FirstScreenPhrases, PagePhrases } from './phrases';

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ACCENTED = 'áƀçđéƒĝĥíĵķĺḿñóƥɋŕšŧúṽŵẋýžÁƁÇĐÉƑĜĤÍĴĶĹḾÑÓƤɊŔŠŦÚṼŴẊÝŽ';
const ACCENTS = new Map([...PLAIN].map((letter, place) => [letter, [...ACCENTED][place] ?? '']));
/** So much longer are words of other languages than those of English. */
const LONGER = 0.4;
const PLACEHOLDER = /(\{\{[^}]*\}\})/;

/** Every letter accented, and words longer by 40 %; what a value takes the place of stays as it is. */
export function pseudo(phrase: string): string {
  // A word of two letters has become longer too.
  let owed = 0.5;
  const told = (letter: string): string => {
    const accented = ACCENTS.get(letter);
    if (accented === undefined) return letter;
    owed += LONGER;
    if (owed < 1) return accented;
    owed -= 1;
    return accented + accented;
  };
  return phrase
    .split(PLACEHOLDER)
    .map((part, place) => (place % 2 === 1 ? part : [...part].map(told).join('')))
    .join('');
}

function pseudoOf(node: object): object {
  return Object.fromEntries(
    Object.entries(node).map(([name, value]: [string, string | object]) => [
      name,
      typeof value === 'string' ? pseudo(value) : pseudoOf(value),
    ]),
  );
}

export const pseudoFirstScreen = pseudoOf(firstScreen) as FirstScreenPhrases;
export const pseudoPages = pseudoOf(pages) as PagePhrases;

export { units } from './languages/en/units';
