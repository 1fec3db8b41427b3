import { TraceSummary } from '../../core/api/schema';
import { Formats } from '../../core/i18n/formats';

/** How long whoever began a trace waited; a dash where nobody knows. */
export function rootTime(
  { root_us, duration_unknown }: TraceSummary,
  { lapse }: Pick<Formats, 'lapse'>,
): string {
  return duration_unknown ? '–' : lapse(root_us);
}
