import { ProblemId, isProblem } from '../core/api/parts';
import { BeforeAfter, Figures } from '../core/api/schema';

/** A comparison of one problem of the story, or of all of them. */
export type Pair = BeforeAfter & { readonly problem: ProblemId | 'all' };

/** Below this many spins a 95th percentile is that of one spin or two. */
export const LEAST_SPINS = 20;

/** What is still to be measured of a pair. */
export type Missing = 'both' | 'before' | 'after' | null;

export function missingOf({ before, after }: Pick<BeforeAfter, 'before' | 'after'>): Missing {
  if (before) return after ? null : 'after';
  return after ? 'before' : 'both';
}

/** The problem of which all is at once stands first; otherwise in the order of the story. */
export function inOrder(pairs: readonly BeforeAfter[]): readonly Pair[] {
  const known = pairs.filter(isPair);
  return [
    ...known.filter(({ problem }) => problem === 'all'),
    ...known.filter(({ problem }) => problem !== 'all'),
  ];
}

function isPair(pair: BeforeAfter): pair is Pair {
  return pair.problem === 'all' || isProblem({ id: pair.problem });
}

/** How many times faster (above 1) or slower (below) the 95th percentile became; null where it cannot be said. */
export function speedUp({ before, after }: Pick<BeforeAfter, 'before' | 'after'>): number | null {
  if (!before || !after || before.p95_ms <= 0 || after.p95_ms <= 0) return null;
  return before.p95_ms / after.p95_ms;
}

/** Which way a factor points; within a twentieth nothing has changed that anybody would notice. */
export function wayOf(factor: number): 'faster' | 'slower' | 'alike' {
  if (factor > 1.05) return 'faster';
  return factor < 1 / 1.05 ? 'slower' : 'alike';
}

/** Widths of the bars of one figure, per cent of the longer of the two. */
export function widths(
  before: Figures | null,
  after: Figures | null,
  figure: 'p50_ms' | 'p95_ms' | 'p99_ms',
): { before: number; after: number } {
  const [one, other] = [before?.[figure] ?? 0, after?.[figure] ?? 0];
  const longest = Math.max(one, other);
  if (longest <= 0) return { before: 0, after: 0 };
  return { before: (one / longest) * 100, after: (other / longest) * 100 };
}

/** 97.5th percentile of the normal distribution. */
const Z_95 = 1.96;

/**
 * The same of the share of failed spins, and only where chance would make such a difference less than once in twenty
 * times (two-proportion z-test): payments that fail one in ten are now nine and now eleven of a hundred.
 */
export function judgedShares(before: Figures | null, after: Figures | null): 'good' | 'bad' | '' {
  if (!before || !after || before.recorded === 0 || after.recorded === 0) return '';
  const [one, other] = [before.failed / before.spins, after.failed / after.spins];
  // Chance has to do with what was recorded, not with what that stands for.
  const [few, many] = [before.recorded, after.recorded];
  const pooled = (one * few + other * many) / (few + many);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / few + 1 / many));
  if (Math.abs(one - other) <= Z_95 * deviation) return '';
  return other < one ? 'good' : 'bad';
}

/** Whether `after` is better than `before`, worse or neither, for figures of which less is better. */
export function judged(before: number | undefined, after: number | undefined): 'good' | 'bad' | '' {
  if (before === undefined || after === undefined) return '';
  if (after < before * 0.95) return 'good';
  return after > before * 1.05 ? 'bad' : '';
}

/** What stands before a number that is an estimate, since not all spins were recorded. */
export function about(figures: Figures): string {
  return figures.recorded < figures.spins ? '≈' : '';
}
