import { ProblemView } from '../core/api/parts';

/** What whoever shows the demo may do next. */
export type NextStep =
  | { readonly what: 'begin' }
  | { readonly what: 'spin' }
  | { readonly what: 'fix' }
  | { readonly what: 'repeat'; readonly roundId: string }
  | { readonly what: 'compare'; readonly before: string; readonly after: string };

/** A round that can be spun again, and when it was spun, by the page's own clock (`performance.now()`). */
export interface LastRound {
  readonly roundId: string;
  readonly begunAt: number;
}

/** A round that was spun again, and the traces of both times. */
export interface Repeated {
  readonly before: string;
  readonly after: string;
  readonly begunAt: number;
}

/**
 * Begin, spin, look, fix, spin the same round again, compare. `answeredAt` is when the problems were told, by the page's own
 * clock: what was before a switch and what after it is told without the wall clock, which may be set in between.
 */
export function nextStep(
  problems: readonly ProblemView[],
  answeredAt: number,
  last: LastRound | null,
  repeated: Repeated | null,
): NextStep | null {
  if (problems.length > 0 && isHealthy(problems)) return { what: 'begin' };
  const lastOf = (switched: readonly ProblemView[]): number =>
    Math.max(...switched.map(({ switched_ms_ago }) => answeredAt - switched_ms_ago));
  const fixedAt = lastOf(problems.filter(({ state }) => state === 'fixed'));
  if (repeated && repeated.begunAt >= lastOf(problems))
    return { what: 'compare', before: repeated.before, after: repeated.after };
  if (last && fixedAt > last.begunAt) return { what: 'repeat', roundId: last.roundId };
  const hurting = problems.filter(({ state }) => state === 'on');
  if (hurting.length === 0) return null;
  return { what: hurting.some(({ observed }) => observed) ? 'fix' : 'spin' };
}

/** Nothing is there that could be shown. */
export function isHealthy(problems: readonly ProblemView[]): boolean {
  return problems.every(({ state }) => state === 'off');
}
