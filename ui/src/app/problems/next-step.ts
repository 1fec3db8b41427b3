import { ProblemId, ProblemView, isSlowing } from '../core/api/parts';

/** The steps of the story that are repeated for each problem, in their order. */
export const STEPS = ['spin', 'look', 'fix', 'repeat', 'compare'] as const;
export type Step = (typeof STEPS)[number];

/** The suggested next step of the demo; `begin` comes before the steps, and `done` after them. */
export type NextStep =
  | { readonly what: 'begin' | 'spin' | 'done' }
  | { readonly what: 'look'; readonly traceId: string }
  | { readonly what: 'fix'; readonly id: ProblemId }
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

/** The newest spin of a person. */
export interface NewestSpin {
  /** Null if it is not recorded. */
  readonly traceId: string | null;
  /** Milliseconds since its begin. */
  readonly msAgo: number;
  /** Whether its trace, or a comparison with it, was opened. */
  readonly looked: boolean;
  /** The share of its time that each problem takes, 0 to 1, as far as it is known. */
  readonly shares: ReadonlyMap<ProblemId, number>;
}

export interface Situation {
  readonly problems: readonly ProblemView[];
  /** The time of this state by `performance.now()`, because the wall clock may be set between a spin and a switch. */
  readonly answeredAt: number;
  readonly newest: NewestSpin | null;
  readonly last: LastRound | null;
  readonly repeated: Repeated | null;
  /** Whether the comparison of the repeated round was opened. */
  readonly compared: boolean;
}

/** Null only where nothing is known. */
export function nextStep(now: Situation): NextStep | null {
  const { problems, answeredAt, newest, last, repeated } = now;
  if (problems.length === 0) return null;
  if (isHealthy(problems)) return { what: 'begin' };
  const lastOf = (switched: readonly ProblemView[]): number =>
    Math.max(...switched.map(({ switched_ms_ago }) => answeredAt - switched_ms_ago));
  const fixedAt = lastOf(problems.filter(({ state }) => state === 'fixed'));
  if (repeated && repeated.begunAt >= lastOf(problems) && !now.compared)
    return { what: 'compare', before: repeated.before, after: repeated.after };
  if (last && fixedAt > last.begunAt) return { what: 'repeat', roundId: last.roundId };
  const lead = leadOf(problems, newest);
  if (lead === null) return { what: 'done' };
  const hurting = problems.filter(({ state }) => state === 'on');
  const hurtingSince = Math.min(...hurting.map(({ switched_ms_ago }) => switched_ms_ago));
  if (!newest || newest.msAgo > hurtingSince) return { what: 'spin' };
  if (newest.traceId !== null && !newest.looked) return { what: 'look', traceId: newest.traceId };
  return { what: 'fix', id: lead };
}

/**
 * The problem to fix next: the one with the largest share of the newest spin among those that are on and were seen. A
 * longer span decides while no share is known.
 */
export function leadOf(
  problems: readonly ProblemView[],
  newest: Pick<NewestSpin, 'shares' | 'traceId'> | null,
): ProblemId | null {
  const hurting = problems.filter(({ state }) => state === 'on');
  const weight = ({ id, observed }: ProblemView): number => {
    if (!observed) return -1;
    // A failure of the newest spin hurts more than any wait.
    if (!isSlowing(id) && newest && observed.trace_id === newest.traceId) return 2;
    return newest?.shares.get(id) ?? (observed.ms ?? 0) / 1e6;
  };
  const [first, ...others] = hurting;
  if (!first) return null;
  return others.reduce((one, other) => (weight(other) > weight(one) ? other : one), first).id;
}

/** Whether all problems are off. */
export function isHealthy(problems: readonly ProblemView[]): boolean {
  return problems.every(({ state }) => state === 'off');
}
