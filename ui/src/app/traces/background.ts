import { Language } from '../core/language';
import { Micros, ZERO, micros } from '../core/micros';
import { Formats } from '../core/money';
import { TraceSummary } from '../core/telemetry-wire';
import { SKEW, TraceTree } from './tree';

/** What a trace lacks while nobody knows how long its root took. */
const ROOTLESS = ['missing_root', 'no_spans'];

/**
 * How long a trace went on after whoever began it had the answer, as far as its line says. Clocks of one machine differ
 * too, so that less than that is 0; so it is where the root is missing and nobody knows who waited.
 */
export function backgroundOf({
  duration_us,
  root_us,
  oddities,
}: Pick<TraceSummary, 'duration_us' | 'root_us' | 'oddities'>): Micros {
  return ROOTLESS.some((word) => oddities.includes(word))
    ? ZERO
    : beyondSkew(duration_us - root_us);
}

/** The same of a trace whose spans are known: what comes before the root, and errors told after it, are no work behind it. */
export function backgroundIn({ roots, end }: Pick<TraceTree, 'roots' | 'end'>): Micros {
  const root = roots.find(({ span }) => span.transaction && !span.parent_span_id);
  return root ? beyondSkew(end - root.end) : ZERO;
}

/** As it follows the time of the root; empty where there is none. */
export function backgroundWords(time: Micros, say: Language['say'], { lapse }: Formats): string {
  return time === 0 ? '' : say('viewer.trace.background', { time: lapse(time) });
}

function beyondSkew(time: number): Micros {
  return time < SKEW ? ZERO : micros(time);
}
