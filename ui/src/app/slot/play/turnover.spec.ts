import { Played, Turnover } from './turnover';

const played = (stake: number, payout: number, more: Partial<Played> = {}): Played => ({
  stake,
  payout,
  currency: 'RUB',
  ...more,
});

describe('turnover', () => {
  it('tells the round apart from all rounds, in major units', () => {
    const turnover = new Turnover();
    expect(turnover.add(played(1000, 4500))).toEqual({
      stake: 10,
      payout: 45,
      rtp: 450,
      rtp_running: 450,
    });
    expect(turnover.add(played(2000, 0))).toEqual({
      stake: 20,
      payout: 0,
      rtp: 0,
      rtp_running: 150,
    });
  });

  it('is in the units of the currency, whatever its digits', () => {
    const { stake, payout } = new Turnover().add(played(1000, 500, { currency: 'JPY' }));
    expect([stake, payout]).toEqual([1000, 500]);
    expect(new Turnover().add(played(1000, 0, { currency: 'KWD' })).stake).toBe(1);
  });

  it('has no RTP of a round whose board was known before', () => {
    const turnover = new Turnover();
    expect(turnover.add(played(1000, 4500, { same_seed_as: 'r1' }))).toEqual({
      stake: 10,
      payout: 45,
    });
    expect(turnover.add(played(1000, 0)).rtp_running).toBe(0);
  });

  it('survives a round without a stake', () =>
    expect(new Turnover().add(played(0, 100)).rtp).toBe(0));
});
