import { FORMATS } from '../testing/languages';
import { stakesWords } from './issue-stakes';

describe('the stakes of an issue', () => {
  const say = (key: string, params: object = {}): string => key + JSON.stringify(params);
  const stakes = [
    { currency: 'RUB', spins: 3, held: 10, returned: 22.5, settled: 0 },
    { currency: 'EUR', spins: 1, held: 0, returned: 0, settled: 1 },
  ];
  const plain = (words: string[] | undefined): string[] | undefined =>
    words?.map((each) => each.replaceAll('\u00a0', ' '));

  it('are told by where they stand, each currency by itself', () => {
    const words = stakesWords({ stakes, events: 7 }, say, FORMATS.en);
    expect(plain(words?.lines)).toEqual([
      'insights.issues.stake.held{"money":"10.00 ₽"}',
      'insights.issues.stake.returned{"money":"22.50 ₽"}',
      'insights.issues.stake.settled{"money":"1.00 €"}',
    ]);
    expect(words?.of).toContain('"4"');
    expect(words?.hint).toContain('"7"');
  });

  it('are at least that where the collector sums only the newest events, and none without a spin', () => {
    const words = stakesWords({ stakes, events: 1_001 }, say, FORMATS.en);
    expect(plain(words?.lines)?.[0]).toContain('"≥ ');
    expect(stakesWords({ stakes: [], events: 7 }, say, FORMATS.en)).toBeNull();
  });
});
