/** With fewer spins a loss is not projected, because a single failure more or less would change it by much. */
export const LEAST_PROJECTED = 100;

/**
 * What is lost in an hour, in minor units: the measured loss of a spin times the spins of an hour, to three significant
 * digits. Null for too few spins, and
 * while the spins of an hour are not known.
 */
export function lostPerHour(
  lost: number,
  spins: number,
  spinsPerHour: number | null,
  recorded = spins,
): number | null {
  if (recorded < LEAST_PROJECTED || spinsPerHour === null) return null;
  return Number(((lost / spins) * spinsPerHour).toPrecision(3));
}
