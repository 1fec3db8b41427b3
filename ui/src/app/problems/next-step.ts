import { ProblemView } from '../core/api/parts';

/** The suggested next step of the demo. */
export type NextStep =
  | { readonly what: 'begin' }
  | { readonly what: 'spin' }
  | { readonly what: 'fix' }
  | { readonly what: 'repeat'; readonly roundId: string }
  | { readonly what: 'compare'; readonly before: string; readonly after: string };

/** A round that can be spun again, and when it was spun, by `performance.now()`. */
export interface LastRound {
  readonly roundId: string;
  readonly begunAt: number;
}

/** A round that was spun again, and the traces of both spins. */
export interface Repeated {
  readonly before: string;
  readonly after: string;
  readonly begunAt: number;
}

/**
 * The steps are: begin, spin, look, fix, spin the same round again, compare. `answeredAt` is the time of the state by
 * `performance.now()`, because the wall clock may be set between a spin and a switch.
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

/** Whether all problems are off. */
export function isHealthy(problems: readonly ProblemView[]): boolean {
  return problems.every(({ state }) => state === 'off');
}
