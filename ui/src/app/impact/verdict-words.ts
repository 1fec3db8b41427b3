import { Language } from '../core/i18n/language';
import { timesWords } from '../core/i18n/times-words';
import { Verdict } from './impact';

/** A verdict in words, with what would settle it where there are too few spins. */
export function verdictWords(
  language: Language,
  verdict: Verdict,
): { readonly way: Verdict['way']; readonly text: string; readonly hint: string } {
  const { say } = language;
  const { number } = language.formats();
  const { way } = verdict;
  switch (way) {
    case 'faster':
    case 'slower':
      return { way, text: timesWords(language, way, verdict.times), hint: '' };
    case 'few':
      return {
        way,
        text: say('impact.tooFew'),
        hint: say('impact.enough', { count: number(verdict.enough) }),
      };
    default:
      return { way, text: say(`impact.${way}`), hint: '' };
  }
}
