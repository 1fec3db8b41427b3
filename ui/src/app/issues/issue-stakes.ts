import { IssueSummary } from '../core/api/schema';
import { Formats, minorUnits } from '../core/i18n/formats';
import { Language } from '../core/i18n/language';

/** Number of the newest events whose stakes the collector sums. */
const MOST_SUMMED = 1_000;
const STATES = ['held', 'returned', 'settled'] as const;

/** Where the stakes of an issue's spins stand; null if none of its events belongs to a spin with a stake. */
export function stakesWords(
  { stakes, events }: Pick<IssueSummary, 'stakes' | 'events'>,
  say: Language['say'],
  { money, number }: Formats,
) {
  if (stakes.length === 0) return null;
  const atLeast = events > MOST_SUMMED ? '≥\u00a0' : '';
  const spins = stakes.reduce((sum, each) => sum + each.spins, 0);
  return {
    lines: stakes.flatMap((each) =>
      STATES.filter((state) => each[state] > 0).map((state) => {
        const minor = minorUnits(each[state], each.currency);
        const words = atLeast + money(minor, each.currency);
        return say(`insights.issues.stake.${state}`, { money: words });
      }),
    ),
    of: say('insights.issues.stakesOf', { spins: number(spins) }),
    hint: say('insights.issues.stakesHint', { events: number(Math.min(events, MOST_SUMMED)) }),
  };
}
