import { Language } from './language';

/** How many times faster or slower something is, with one digit after the point below ten: the same words everywhere. */
export function timesWords(language: Language, way: 'faster' | 'slower', times: number): string {
  const rounded = roundTimes(times);
  const count = language.formats().number(rounded, Number.isInteger(rounded) ? 0 : 1);
  return language.count(`times.${way}`, rounded, { count });
}

function roundTimes(times: number): number {
  return times < 9.95 ? Math.round(times * 10) / 10 : Math.round(times);
}
