import { Language } from '../core/i18n/language';

/** Spins that a comparison leaves out, and those of virtual players among the ones that it counts. */
interface Counted {
  readonly left_out: number;
  readonly virtual_spins: number;
}

/** How many spins are virtual players', and how many the figures leave out; nothing where there are none of either. */
export function countedWords(
  language: Language,
  of: Counted | null,
  leftOut: 'impact.leftOut' | 'releases.leftOut',
): string[] {
  const words = (key: 'impact.virtual' | typeof leftOut, count = 0): string[] =>
    count === 0 ? [] : [language.say(key, { count: language.formats().number(count) })];
  return [...words('impact.virtual', of?.virtual_spins), ...words(leftOut, of?.left_out)];
}
