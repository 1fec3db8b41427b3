import { Language } from '../core/language';

/** How many spins the figures leave out because of a fault; nothing where there is none. */
export function leftOutWords(language: Language, of: { left_out: number } | null): string {
  const count = of?.left_out ?? 0;
  if (count === 0) return '';
  return language.say('impact.leftOut', { count: language.formats().number(count) });
}
