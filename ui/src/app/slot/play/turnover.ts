import { SpinResult } from '../../core/api/schema';
import { majorUnits } from '../../core/i18n/formats';

/** A round; stake and payout are in minor units of its currency. */
export type Played = Pick<SpinResult, 'stake' | 'payout' | 'currency' | 'same_seed_as'>;

interface BusinessFigures {
  /** In major units, as the services report them. */
  stake: number;
  payout: number;
  /** In per cent: of this round, and of all rounds since the page was opened. Absent if the round repeated a seed. */
  rtp?: number;
  rtp_running?: number;
}

/** Sums of the stakes and payouts since the page was opened, of rounds that were drawn by chance. */
export class Turnover {
  private staked = 0;
  private paidOut = 0;

  add({ stake, payout, currency, same_seed_as }: Played): BusinessFigures {
    const money = { stake: majorUnits(stake, currency), payout: majorUnits(payout, currency) };
    // A round that repeats a seed is not drawn by chance.
    if (same_seed_as !== undefined) return money;
    this.staked += money.stake;
    this.paidOut += money.payout;
    return {
      ...money,
      rtp: percent(payout, stake),
      rtp_running: percent(this.paidOut, this.staked),
    };
  }
}

function percent(part: number, whole: number): number {
  return whole > 0 ? (100 * part) / whole : 0;
}
