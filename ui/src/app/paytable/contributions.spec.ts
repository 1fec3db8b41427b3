import { contributionBars } from './contributions';

describe('contributions to the RTP', () => {
  it('add up per symbol, the largest first, measured by the largest', () => {
    expect(
      contributionBars([
        { symbol: 'gem', rtp_percent: 10 },
        { symbol: 'seven', rtp_percent: 15 },
        { symbol: 'seven', rtp_percent: 25 },
      ]),
    ).toEqual([
      { symbol: 'seven', rtpPercent: 40, part: 1 },
      { symbol: 'gem', rtpPercent: 10, part: 0.25 },
    ]);
  });

  it('have no bars when nothing pays', () => {
    expect(contributionBars([{ symbol: 'gem', rtp_percent: 0 }])[0]?.part).toBe(0);
  });
});
