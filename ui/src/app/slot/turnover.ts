/** Stake and payout are minor units. */
export interface Played {
  stake: number;
  payout: number;
}

export interface BusinessFigures {
  /** Major units, as the services report them. */
  stake: number;
  payout: number;
  /** Percent: of this round, and of all rounds since the page was opened. */
  rtp: number;
  rtp_running: number;
}

/** Minor units in a major one. */
const MINOR = 100;

/** What has been staked and paid out since the page was opened. */
export class Turnover {
  private staked = 0;
  private paidOut = 0;

  add({ stake, payout }: Played): BusinessFigures {
    this.staked += stake;
    this.paidOut += payout;
    return {
      stake: stake / MINOR,
      payout: payout / MINOR,
      rtp: percent(payout, stake),
      rtp_running: percent(this.paidOut, this.staked),
    };
  }
}

function percent(part: number, whole: number): number {
  return whole > 0 ? (100 * part) / whole : 0;
}
