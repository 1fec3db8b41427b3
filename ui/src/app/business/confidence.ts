import { Sample, SpinMoney } from './spin-money';

/** The two-sided 95 % quantile of the normal distribution. */
export const Z_95 = 1.959964;

/** The interval in which the observed RTP is expected, as fractions of 1. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

/**
 * The band around the exact RTP that contains the observed RTP of 95 sessions in 100: `exact ±
 * z·σ·√Σs²/Σs`. `exact` is a fraction of 1 and `sigma` the standard deviation of a round in stakes,
 * both of the PAR sheet. Rounds are independent, so the variances `σ²s²` of their payouts add. For
 * n equal stakes the half width is `z·σ/√n`. This is the central limit theorem: a few spins of a
 * volatile game are far from normally distributed, and their band may reach below 0. Null without
 * stakes.
 */
export function bandOf(
  exact: number,
  sigma: number,
  { staked, squares }: Pick<Sample, 'staked' | 'squares'>,
  z = Z_95,
): Band | null {
  if (staked <= 0) return null;
  const half = (z * sigma * Math.sqrt(squares)) / staked;
  return { low: Math.max(0, exact - half), high: exact + half };
}

/** With a wider band, to either side as a fraction of 1, the observed RTP says nothing yet. */
export const WIDEST_JUDGED = 0.2;

/** Whether the observed RTP is as expected: `few` as long as chance could explain nearly any. */
export type RtpVerdict = 'few' | 'inside' | 'outside';

/** Judges the observed RTP by the half width of the band around the exact one, all as fractions of 1. */
export function rtpVerdict(observed: number, exact: number, half: number): RtpVerdict {
  if (half > WIDEST_JUDGED) return 'few';
  return Math.abs(observed - exact) <= half ? 'inside' : 'outside';
}

/**
 * Number of spins with which there is a verdict, where further stakes are like those so far: the half width falls with
 * the root of their number. To two significant digits.
 */
export function enoughSpins(spins: number, half: number): number {
  return twoDigits(spins * (half / WIDEST_JUDGED) ** 2);
}

/** A number of spins, rounded up to two significant digits. */
export function twoDigits(count: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(count)) - 1);
  return Math.ceil(count / unit) * unit;
}

/** The RTP after each of some spins, as fractions of 1, with its band. */
export interface RtpPoint {
  /** Number of spins up to this point. */
  readonly n: number;
  readonly observed: number;
  readonly band: Band;
  /** Indices of the spins since the previous point: `from` inclusive, `to` exclusive. */
  readonly from: number;
  readonly to: number;
}

/**
 * At most `most` points, evenly spread; the last one covers all spins. `drawn` are settled spins
 * that are drawn by chance.
 */
export function rtpPoints(
  drawn: readonly SpinMoney[],
  exact: number,
  sigma: number,
  most: number,
): RtpPoint[] {
  const points: RtpPoint[] = [];
  const sums = { staked: 0, paid: 0, squares: 0 };
  const count = Math.min(most, drawn.length);
  let from = 0;
  drawn.forEach(({ stake, payout }, index) => {
    sums.staked += stake;
    sums.paid += payout;
    sums.squares += stake * stake;
    const due = Math.round(((points.length + 1) * drawn.length) / count);
    const band = index + 1 === due ? bandOf(exact, sigma, sums) : null;
    if (!band) return;
    points.push({ n: index + 1, observed: sums.paid / sums.staked, band, from, to: index + 1 });
    from = index + 1;
  });
  return points;
}
