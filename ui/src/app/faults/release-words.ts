import { FaultBoard } from '../core/api/schema';
import { Language } from '../core/i18n/language';

/**
 * The number of problems that run otherwise than the release defines: fixed by hand, and brought back by hand. A release
 * that only the environment knows defines nothing.
 */
export function changesOf({ release, releases, faults }: FaultBoard): {
  fixes: number;
  problems: number;
} {
  const known = releases.find(({ version }) => version === release);
  const story = faults.filter(({ group }) => group === 'story');
  return {
    fixes: story.filter(({ id, state }) => state === 'fixed' && known?.faults.includes(id)).length,
    problems: story.filter(({ id, state }) => state === 'on' && known && !known.faults.includes(id))
      .length,
  };
}

/** What changes the release: “+ 3 fixes”; empty where nothing does. */
export function changeWords(board: FaultBoard, { count }: Pick<Language, 'count'>): string {
  const { fixes, problems } = changesOf(board);
  const words = [
    ...(fixes > 0 ? [count('faults.plusFixes', fixes)] : []),
    ...(problems > 0 ? [count('faults.plusProblems', problems)] : []),
  ];
  return words.join(' ');
}

/** The release that runs: “1.0.0 + 3 fixes”. */
export function releaseWords(board: FaultBoard, language: Pick<Language, 'count'>): string {
  return `${board.release} ${changeWords(board, language)}`.trim();
}
