import { PROBLEM_IDS, ProblemId, ProblemView } from '../core/api/parts';
import { FaultBoard, ReleaseView } from '../core/api/schema';
import { Key } from '../core/i18n/language';

/** The texts of a problem: what to look for while it is on, and what changes with its fix. */
export function lookKey({ id, state }: Pick<ProblemView, 'id' | 'state'>): Key {
  if (state === 'off') return 'problems.healthy';
  return state === 'on' ? `problems.look.${id}` : `problems.cured.${id}`;
}

/** The label of the button. */
export function actionKey({ id, state }: Pick<ProblemView, 'id' | 'state'>): Key {
  if (state === 'on') return `problems.fix.${id}`;
  return state === 'fixed' ? 'problems.back' : 'problems.bring';
}

/** The progress of a switch, 0 to 1; null if it is unknown. */
export function shareOf({ switching }: Pick<ProblemView, 'switching'>): number | null {
  if (!switching || switching.total === 0) return null;
  return Math.min(1, switching.done / switching.total);
}

/** The problems of the story that a release has. */
export function problemsIn({ faults }: Pick<ReleaseView, 'faults'>): readonly ProblemId[] {
  return PROBLEM_IDS.filter((id) => faults.includes(id));
}

/** Whether a release has all problems, none or some, and whether its paytable is wrong. */
export function hurtingIn(
  release: ReleaseView,
  all: number,
): { kind: 'all' | 'none' | 'some'; wrongPaytable: boolean } {
  const count = problemsIn(release).length;
  const kind = count === 0 ? 'none' : count === all ? 'all' : 'some';
  return { kind, wrongPaytable: release.faults.includes('rtp-anomaly') };
}

/** Languages that write nouns with a capital letter wherever they stand. */
const CAPITAL_NOUNS: ReadonlySet<string> = new Set(['de', 'lb']);

/** A name within a sentence. An abbreviation at its beginning keeps its capitals, and all later words are unchanged. */
export function withinSentence(name: string, language: string): string {
  if (CAPITAL_NOUNS.has(language)) return name;
  const [first = '', second = ''] = name;
  const isWord = second !== second.toLocaleUpperCase(language);
  return isWord ? first.toLocaleLowerCase(language) + name.slice(first.length) : name;
}

/** The release of the dial with this version, if there is one. */
export function onDial(
  board: Pick<FaultBoard, 'releases'>,
  release: string | null,
): ReleaseView | null {
  return board.releases.find(({ version }) => version === release) ?? null;
}

/** Whether every problem is in the state that the release defines. */
export function isAsReleased(problems: readonly ProblemView[], release: ReleaseView): boolean {
  return problems.every(({ id, state }) => (state === 'on') === release.faults.includes(id));
}

/** The release with which the demo starts, which has the most problems; empty if there is none. */
export function firstOf({ releases }: Pick<FaultBoard, 'releases'>): string {
  const [first, ...others] = releases;
  const worst = others.reduce<ReleaseView | undefined>(
    (worst, release) =>
      worst && problemsIn(release).length > problemsIn(worst).length ? release : worst,
    first,
  );
  return worst?.version ?? '';
}

/** The first release without problems; empty if there is none. */
export function curedIn({ releases }: Pick<FaultBoard, 'releases'>): string {
  return releases.find(({ faults }) => faults.length === 0)?.version ?? '';
}
