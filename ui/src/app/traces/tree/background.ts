import { Micros, ZERO } from '../../core/api/micros';
import { TraceSummary } from '../../core/api/schema';
import { Language } from '../../core/i18n/language';
import { Formats } from '../../core/i18n/formats';
import { SKEW } from './tree';

/**
 * How long a trace continued after its root had ended; the list and the page of the trace show the same value. Times
 * below the difference of clocks on one machine count as 0.
 */
export function backgroundOf({ background_us }: Pick<TraceSummary, 'background_us'>): Micros {
  return background_us < SKEW ? ZERO : background_us;
}

/** The text after the time of the root; empty without background work. */
export function backgroundWords(time: Micros, say: Language['say'], { lapse }: Formats): string {
  return time === 0 ? '' : say('viewer.trace.background', { time: lapse(time) });
}
