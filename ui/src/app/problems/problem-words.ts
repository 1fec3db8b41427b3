import { ProblemView, Problems, ReleaseView } from '../core/api/schema';
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

/** Which problems a release has, in one of three ways to say it. */
export function hurtingIn(
  release: ReleaseView,
  all: number,
): { kind: 'all' | 'none' | 'some'; wrongPaytable: boolean } {
  const count = release.problems.length;
  const kind = count === 0 ? 'none' : count === all ? 'all' : 'some';
  return { kind, wrongPaytable: release.wrong_paytable };
}

/** A name where it stands within a sentence: an abbreviation that begins it keeps its capitals, and so does every later word. */
export function withinSentence(name: string, language: string): string {
  const [first = '', second = ''] = name;
  const isWord = second !== second.toLocaleUpperCase(language);
  return isWord ? first.toLocaleLowerCase(language) + name.slice(first.length) : name;
}

/** The release of the dial that a board is in, if it is one of them. */
export function onDial(board: Problems, release: string | null): ReleaseView | null {
  return board.releases.find(({ version }) => version === release) ?? null;
}

/** Whether every problem stands as a release has it, and none was switched by itself. */
export function isAsReleased({ problems }: Problems, release: ReleaseView): boolean {
  return problems.every(({ id, state }) => (state === 'on') === release.problems.includes(id));
}

/** The release that a demo starts with: the one in which most hurts. */
export function firstOf({ releases }: Problems): string {
  return releases.reduce(
    (worst, release) => (release.problems.length > worst.problems.length ? release : worst),
    releases[0] ?? { version: '', problems: [] },
  ).version;
}

/** The first release in which nothing hurts; empty where there is none. */
export function curedIn({ releases }: Problems): string {
  const cured = releases.find(
    ({ problems, wrong_paytable }) => !problems.length && !wrong_paytable,
  );
  return cured?.version ?? '';
}
