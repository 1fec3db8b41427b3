import { Language } from '../core/language';
import { Micros, ZERO, micros } from '../core/micros';
import { Formats } from '../core/money';
import { TraceSummary } from '../core/telemetry-wire';
import { SKEW } from './tree';

/** What a trace lacks while nobody knows how long its root took. */
const ROOTLESS = ['missing_root', 'no_spans'];

/**
 * How long a trace went on after whoever began it had the answer. Clocks of one machine differ too, so that less than
 * that is 0; so it is where the root is missing and nobody knows who waited.
 */
export function backgroundOf({
  duration_us,
  root_us,
  oddities,
}: Pick<TraceSummary, 'duration_us' | 'root_us' | 'oddities'>): Micros {
  const rest = duration_us - root_us;
  return rest < SKEW || ROOTLESS.some((word) => oddities.includes(word)) ? ZERO : micros(rest);
}

/** The same as it follows the time of the root; empty where there is none. */
export function backgroundWords(
  summary: Pick<TraceSummary, 'duration_us' | 'root_us' | 'oddities'>,
  say: Language['say'],
  { lapse }: Formats,
): string {
  const time = backgroundOf(summary);
  return time === 0 ? '' : say('viewer.trace.background', { time: lapse(time) });
}
