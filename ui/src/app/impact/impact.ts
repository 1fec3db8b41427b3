import { Z_95, twoDigits } from '../business/confidence';
import { ProblemId, isProblem, isSlowing } from '../core/api/parts';
import { BeforeAfter, Figures } from '../core/api/schema';

/** A comparison for one problem of the story, or for all of them. */
export type Pair = BeforeAfter & { readonly problem: ProblemId | 'all' };

/** A comparison with figures on both sides. */
export type WholePair = Pair & { readonly before: Figures; readonly after: Figures };

/** With fewer spins the 95th percentile is determined by one or two of them. */
export const LEAST_SPINS = 20;

/** What is missing in a pair. */
export type Missing = 'both' | 'before' | 'after' | null;

export function missingOf({ before, after }: Pick<BeforeAfter, 'before' | 'after'>): Missing {
  if (before) return after ? null : 'after';
  return after ? 'before' : 'both';
}

export function isWhole(pair: Pair): pair is WholePair {
  return missingOf(pair) === null;
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

/** The pair of the large figures: that of all problems, or else the fix that brought most, where enough spins say so. */
export function heroOf(pairs: readonly Pair[]): WholePair | null {
  const [first, ...others] = pairs.filter(isWhole);
  if (!first || first.problem === 'all') return first ?? null;
  const gain = (pair: WholePair): number =>
    smaller(pair) < LEAST_SPINS ? 0 : (speedUp(pair.before.p95_ms, pair.after.p95_ms) ?? 0);
  return others.reduce((best, pair) => (gain(pair) > gain(best) ? pair : best), first);
}

/** Number of recorded spins on the smaller side. */
function smaller({ before, after }: WholePair): number {
  return Math.min(before.recorded, after.recorded);
}

/** What a problem is about: failed spins, or the waiting time. */
export function measureOf(problem: Pair['problem']): 'errors' | 'wait' {
  return problem === 'all' || isSlowing(problem) ? 'wait' : 'errors';
}

/** From this factor on a time is not shorter, but no longer there. */
const GONE = 1_000;

/** What a pair says, as far as it has enough spins for it. */
export type Verdict =
  | { readonly way: 'faster' | 'slower'; readonly times: number }
  | { readonly way: 'gone' | 'fewer' | 'more' | 'alike' }
  /** `enough` is the number of spins on each side with which the measured difference would be beyond chance. */
  | { readonly way: 'few'; readonly enough: number };

/** The times by which a problem is compared: those of the part that it slows down. */
export function slowedTimes({ slowed, before, after }: WholePair): [number, number] {
  return slowed ? [slowed.before_p95_ms, slowed.after_p95_ms] : [before.p95_ms, after.p95_ms];
}

/** The verdict on two times of a pair, before and after. */
export function timeVerdict(pair: WholePair, [before, after]: readonly [number, number]): Verdict {
  if (smaller(pair) < LEAST_SPINS) return { way: 'few', enough: LEAST_SPINS };
  if (before > GONE * after) return { way: 'gone' };
  const factor = speedUp(before, after);
  const way = factor === null ? 'alike' : wayOf(factor);
  if (factor === null || way === 'alike') return { way: 'alike' };
  return { way, times: way === 'slower' ? 1 / factor : factor };
}

/** The verdict on the share of failed spins. */
export function errorVerdict(pair: WholePair): Verdict {
  const { before, after } = pair;
  const judgement = judgedShares(before, after);
  if (judgement !== '') return { way: judgement === 'good' ? 'fewer' : 'more' };
  const [one, other] = [shareOf(before), shareOf(after)];
  if (one !== other) return { way: 'few', enough: enoughFor(one, other) };
  return smaller(pair) < LEAST_SPINS ? { way: 'few', enough: LEAST_SPINS } : { way: 'alike' };
}

/** The ratio of a time before and after: above 1 is faster, below 1 slower; null where it is unknown. */
export function speedUp(before: number, after: number): number | null {
  return before > 0 && after > 0 ? before / after : null;
}

/** The direction of a factor; a change within a twentieth counts as none. */
export function wayOf(factor: number): 'faster' | 'slower' | 'alike' {
  if (factor > 1.05) return 'faster';
  return factor < 1 / 1.05 ? 'slower' : 'alike';
}

function shareOf({ failed, spins }: Figures): number {
  return spins > 0 ? failed / spins : 0;
}

/**
 * The direction of the change of the error rate, if a difference of this size occurs by chance less than once in twenty
 * comparisons (two-proportion z-test). One failed payment in ten is now nine and now eleven in a hundred.
 */
export function judgedShares(before: Figures | null, after: Figures | null): 'good' | 'bad' | '' {
  // The normal approximation does not hold for a few spins.
  if (!before || !after || Math.min(before.recorded, after.recorded) < LEAST_SPINS) return '';
  const [one, other] = [shareOf(before), shareOf(after)];
  // The test uses the recorded spins, not the number that they represent.
  const [few, many] = [before.recorded, after.recorded];
  const pooled = (one * few + other * many) / (few + many);
  const deviation = Math.sqrt(pooled * (1 - pooled) * (1 / few + 1 / many));
  if (Math.abs(one - other) <= Z_95 * deviation) return '';
  return other < one ? 'good' : 'bad';
}

/** Number of spins on each side from which that test would tell these two shares apart, to two significant digits. */
function enoughFor(one: number, other: number): number {
  const mean = (one + other) / 2;
  const count = (Z_95 ** 2 * 2 * mean * (1 - mean)) / (one - other) ** 2;
  return Math.max(LEAST_SPINS, twoDigits(count));
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
