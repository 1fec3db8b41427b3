import { SpinResult } from '../../core/api/schema';

/** A payout up to the stake is a return, and no player may take it for a win. */
export function isWin({
  status,
  payout,
  stake,
}: Pick<SpinResult, 'status' | 'payout' | 'stake'>): boolean {
  return status !== 'voided' && payout > stake;
}
