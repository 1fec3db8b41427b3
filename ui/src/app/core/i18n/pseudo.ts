import { firstScreen } from './languages/en/first-screen';
import { pages } from './languages/en/pages';
import { FirstScreenPhrases, PagePhrases } from './phrases';

const PLAIN = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const ACCENTED = 'áƀçđéƒĝĥíĵķĺḿñóƥɋŕšŧúṽŵẋýžÁƁÇĐÉƑĜĤÍĴĶĹḾÑÓƤɊŔŠŦÚṼŴẊÝŽ';
const ACCENTS = new Map([...PLAIN].map((letter, place) => [letter, [...ACCENTED][place] ?? '']));
/** How much longer words of other languages are than English ones. */
const LONGER = 0.4;
const PLACEHOLDER = /(\{\{[^}]*\}\})/;

/** Accents every letter and lengthens words by 40 %; placeholders stay as they are. */
export function pseudo(phrase: string): string {
  // Half a letter, so that a word of two letters becomes longer too.
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
