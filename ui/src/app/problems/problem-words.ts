import { PROBLEM_IDS, ProblemId, ProblemView } from '../core/api/parts';
import { FaultBoard, ReleaseView } from '../core/api/schema';
import { Key } from '../core/i18n/language';

/** What is said of a problem: what to look for while it hurts, what is different once it is fixed. */
export function lookKey({ id, state }: Pick<ProblemView, 'id' | 'state'>): Key {
  if (state === 'off') return 'problems.healthy';
  return state === 'on' ? `problems.look.${id}` : `problems.cured.${id}`;
}

/** The button that changes it. */
export function actionKey({ id, state }: Pick<ProblemView, 'id' | 'state'>): Key {
  if (state === 'on') return `problems.fix.${id}`;
  return state === 'fixed' ? 'problems.back' : 'problems.bring';
}

/** One button is the next thing to press: of the problems that hurt the first that was seen, or the first. */
export function leadOf(problems: readonly ProblemView[]): ProblemView['id'] | null {
  const hurting = problems.filter(({ state }) => state === 'on');
  return (hurting.find(({ observed }) => observed) ?? hurting[0])?.id ?? null;
}

/** How far a switch is, 0 to 1; null where that is not known. */
export function shareOf({ switching }: Pick<ProblemView, 'switching'>): number | null {
  if (!switching || switching.total === 0) return null;
  return Math.min(1, switching.done / switching.total);
}

/** The problems of the story that hurt in a release. */
export function problemsIn({ faults }: Pick<ReleaseView, 'faults'>): readonly ProblemId[] {
  return PROBLEM_IDS.filter((id) => faults.includes(id));
}

/** Which problems a release has, in one of three ways to say it. */
export function hurtingIn(
  release: ReleaseView,
  all: number,
): { kind: 'all' | 'none' | 'some'; wrongPaytable: boolean } {
  const count = problemsIn(release).length;
  const kind = count === 0 ? 'none' : count === all ? 'all' : 'some';
  return { kind, wrongPaytable: release.faults.includes('rtp-anomaly') };
}

/** A name where it stands within a sentence: an abbreviation that begins it keeps its capitals, and so does every later word. */
export function withinSentence(name: string, language: string): string {
  const [first = '', second = ''] = name;
  const isWord = second !== second.toLocaleUpperCase(language);
  return isWord ? first.toLocaleLowerCase(language) + name.slice(first.length) : name;
}

/** The release of the dial that a board is in, if it is one of them. */
export function onDial(
  board: Pick<FaultBoard, 'releases'>,
  release: string | null,
): ReleaseView | null {
  return board.releases.find(({ version }) => version === release) ?? null;
}

/** Whether every problem stands as a release has it, and none was switched by itself. */
export function isAsReleased(problems: readonly ProblemView[], release: ReleaseView): boolean {
  return problems.every(({ id, state }) => (state === 'on') === release.faults.includes(id));
}

/** The release that a demo starts with: the one in which most hurts; empty where there is none. */
export function firstOf({ releases }: Pick<FaultBoard, 'releases'>): string {
  const [first, ...others] = releases;
  const worst = others.reduce<ReleaseView | undefined>(
    (worst, release) =>
      worst && problemsIn(release).length > problemsIn(worst).length ? release : worst,
    first,
  );
  return worst?.version ?? '';
}

/** The first release in which nothing hurts; empty where there is none. */
export function curedIn({ releases }: Pick<FaultBoard, 'releases'>): string {
  return releases.find(({ faults }) => faults.length === 0)?.version ?? '';
}
