import { ProblemView } from '../core/problems-wire';

/** What whoever shows the demo may do next. */
export type NextStep =
  | { readonly what: 'begin' }
  | { readonly what: 'spin' }
  | { readonly what: 'fix' }
  | { readonly what: 'repeat'; readonly roundId: string }
  | { readonly what: 'compare'; readonly before: string; readonly after: string };

/** A round that can be spun again, and when it was spun (milliseconds since the Unix epoch). */
export interface LastRound {
  readonly roundId: string;
  readonly at: number;
}

/** A round that was spun again, and the traces of both times. */
export interface Repeated {
  readonly before: string;
  readonly after: string;
  readonly at: number;
}

/**
 * Begin, spin, look, fix, spin the same round again, compare. Times of the page and of the services are of one machine, so they
 * can be compared.
 */
export function nextStep(
  problems: readonly ProblemView[],
  last: LastRound | null,
  repeated: Repeated | null,
): NextStep | null {
  if (problems.length > 0 && isHealthy(problems)) return { what: 'begin' };
  const switchedAt = Math.max(0, ...problems.map(({ switched_at }) => switched_at));
  const fixedAt = Math.max(
    0,
    ...problems.filter(({ state }) => state === 'fixed').map(({ switched_at }) => switched_at),
  );
  if (repeated && repeated.at >= switchedAt)
    return { what: 'compare', before: repeated.before, after: repeated.after };
  if (last && fixedAt > last.at) return { what: 'repeat', roundId: last.roundId };
  const hurting = problems.filter(({ state }) => state === 'on');
  if (hurting.length === 0) return null;
  return { what: hurting.some(({ observed }) => observed) ? 'fix' : 'spin' };
}

/** Nothing is there that could be shown. */
export function isHealthy(problems: readonly ProblemView[]): boolean {
  return problems.every(({ state }) => state === 'off');
}
