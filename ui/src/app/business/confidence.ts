import { Sample, SpinMoney } from './spin-money';

/** The two-sided 95 % quantile of the normal distribution. */
export const Z_95 = 1.959964;

/** Where an observed RTP is to be expected, as parts of 1. */
export interface Band {
  readonly low: number;
  readonly high: number;
}

/**
 * The band around the exact RTP in which the observed one lies in 95 of 100 sessions: `exact ± z·σ·√Σs²/Σs`. `exact` is
 * a part of 1 and `sigma` the standard deviation of a round in stakes, both of the PAR sheet; rounds are independent, so
 * the variances `σ²s²` of payouts add. For n equal stakes the half width is `z·σ/√n`. By the central limit theorem; a few
 * spins of a volatile game are far from normal, and the band is then wider than any result below 0. Null without stakes.
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

/** The RTP after each of some spins, as parts of 1, with its band. */
export interface RtpPoint {
  /** How many spins it is of. */
  readonly n: number;
  readonly observed: number;
  readonly band: Band;
  /** Spins since the point before, as indices into what was given: `from` included, `to` not. */
  readonly from: number;
  readonly to: number;
}

/** At most `most` points, evenly spread, the last one of all spins. `drawn` are settled spins, by chance. */
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
