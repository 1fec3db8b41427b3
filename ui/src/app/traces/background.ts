import { Micros, ZERO } from '../core/api/micros';
import { TraceSummary } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { Formats } from '../core/i18n/formats';
import { SKEW } from './tree';

/**
 * How long a trace went on after whoever began it had the answer, as its line says: the same in the list and on its page.
 * Clocks of one machine differ too, so that less than that is 0.
 */
export function backgroundOf({ background_us }: Pick<TraceSummary, 'background_us'>): Micros {
  return background_us < SKEW ? ZERO : background_us;
}

/** As it follows the time of the root; empty where there is none. */
export function backgroundWords(time: Micros, say: Language['say'], { lapse }: Formats): string {
  return time === 0 ? '' : say('viewer.trace.background', { time: lapse(time) });
}
