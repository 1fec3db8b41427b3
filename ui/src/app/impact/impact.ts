import { ProblemId, isProblem } from '../core/api/parts';
import { BeforeAfter, Figures } from '../core/api/schema';

/** A comparison for one problem of the story, or for all of them. */
export type Pair = BeforeAfter & { readonly problem: ProblemId | 'all' };

/** With fewer spins the 95th percentile is determined by one or two of them. */
export const LEAST_SPINS = 20;

/** What is missing in a pair. */
export type Missing = 'both' | 'before' | 'after' | null;

export function missingOf({ before, after }: Pick<BeforeAfter, 'before' | 'after'>): Missing {
  if (before) return after ? null : 'after';
  return after ? 'before' : 'both';
}

/** A pair of all problems is first; the others are in the order of the story. */
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

/** The ratio of the 95th percentiles before and after: above 1 is faster, below 1 slower; null if one is missing. */
export function speedUp({ before, after }: Pick<BeforeAfter, 'before' | 'after'>): number | null {
  if (!before || !after || before.p95_ms <= 0 || after.p95_ms <= 0) return null;
  return before.p95_ms / after.p95_ms;
}

/** The direction of a factor; a change within a twentieth counts as none. */
export function wayOf(factor: number): 'faster' | 'slower' | 'alike' {
  if (factor > 1.05) return 'faster';
  return factor < 1 / 1.05 ? 'slower' : 'alike';
}

/** Lengths of the bars of one figure, in per cent of the longer one. */
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

/** The 97.5th percentile of the normal distribution. */
const Z_95 = 1.96;

/**
 * The direction of the change of the error rate, if a difference of this size occurs by chance less than once in twenty
 * comparisons (two-proportion z-test). One failed payment in ten is now nine and now eleven in a hundred.
 */
export function judgedShares(before: Figures | null, after: Figures | null): 'good' | 'bad' | '' {
  if (!before || !after || before.recorded === 0 || after.recorded === 0) return '';
  const [one, other] = [before.failed / before.spins, after.failed / after.spins];
  // The test uses the recorded spins, not the number that they represent.
  const [few, many] = [before.recorded, after.recorded];
  const pooled = (one * few + other * many) / (few + many);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / few + 1 / many));
  if (Math.abs(one - other) <= Z_95 * deviation) return '';
  return other < one ? 'good' : 'bad';
}

/** Whether `after` is better than `before`, worse or equal, for figures of which less is better. */
export function judged(before: number | undefined, after: number | undefined): 'good' | 'bad' | '' {
  if (before === undefined || after === undefined) return '';
  if (after < before * 0.95) return 'good';
  return after > before * 1.05 ? 'bad' : '';
}

/** The sign before a number that is an estimate because not all spins were recorded. */
export function about(figures: Figures): string {
  return figures.recorded < figures.spins ? '≈' : '';
}
