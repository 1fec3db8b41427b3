import { Language } from '../core/i18n/language';

/** Counts of spins that a comparison leaves out, and of virtual players' spins among the others. */
interface Counted {
  readonly left_out: number;
  readonly virtual_spins: number;
}

/** A sentence with both counts; empty if both are 0. */
export function countedWords(
  language: Language,
  of: Counted | null,
  leftOut: 'impact.leftOut' | 'releases.leftOut',
): string[] {
  const words = (key: 'impact.virtual' | typeof leftOut, count = 0): string[] =>
    count === 0 ? [] : [language.say(key, { count: language.formats().number(count) })];
  return [...words('impact.virtual', of?.virtual_spins), ...words(leftOut, of?.left_out)];
}
