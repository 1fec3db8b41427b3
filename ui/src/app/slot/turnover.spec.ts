import { Turnover } from './turnover';

describe('turnover', () => {
  it('tells the round apart from all rounds, in major units', () => {
    const turnover = new Turnover();
    expect(turnover.add({ stake: 1000, payout: 4500 })).toEqual({
      stake: 10,
      payout: 45,
      rtp: 450,
      rtp_running: 450,
    });
    expect(turnover.add({ stake: 2000, payout: 0 })).toEqual({
      stake: 20,
      payout: 0,
      rtp: 0,
      rtp_running: 150,
    });
  });

  it('survives a round without a stake', () =>
    expect(new Turnover().add({ stake: 0, payout: 100 }).rtp).toBe(0));
});
