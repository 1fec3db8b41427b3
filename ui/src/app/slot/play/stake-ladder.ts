import { Limits } from '../../core/api/schema';

/** The stakes of the paytable within the player's limits. */
export function stakeLadder(stakes: readonly number[], limits: Limits): number[] {
  return stakes.filter(
    (stake) =>
      stake >= limits.min_stake && stake <= limits.max_stake && stake % limits.stake_step === 0,
  );
}

/** The next stake up (+1) or down (−1); the same stake at the end of the ladder. */
export function stepped(ladder: readonly number[], stake: number, direction: 1 | -1): number {
  const candidates =
    direction === 1
      ? ladder.filter((step) => step > stake)
      : ladder.filter((step) => step < stake).reverse();
  return candidates[0] ?? stake;
}

/** The wished stake if it is on the ladder, or the closest one below it, or the lowest. */
export function nearest(ladder: readonly number[], wished: number): number {
  return ladder.filter((step) => step <= wished).at(-1) ?? ladder[0] ?? wished;
}
