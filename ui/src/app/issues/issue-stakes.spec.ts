import { Measurement } from '../core/api/schema';
import { stakesOf } from './issue-stakes';

const spin = (
  trace_id: string,
  stake: number,
  currency = 'RUB',
): Parameters<typeof stakesOf>[1][number] => {
  const failed_stake: Measurement = { value: stake, unit: 'none' };
  return { trace_id, currency, measurements: { failed_stake } };
};

describe('the stakes of an issue', () => {
  it('are those of the failed spins of its events, each once', () => {
    const events = [{ trace_id: 'a' }, { trace_id: 'a' }, { trace_id: 'b' }, {}];
    const failed = [spin('a', 10), spin('b', 2.5), spin('other', 99)];
    expect(stakesOf(events, failed)).toEqual({
      spins: 2,
      sums: [{ currency: 'RUB', minor: 1_250 }],
    });
  });

  it('are summed by currency, and are none where no spin failed', () => {
    const events = [{ trace_id: 'a' }, { trace_id: 'b' }];
    expect(stakesOf(events, [spin('a', 1), spin('b', 1, 'EUR')]).sums).toHaveLength(2);
    const { currency } = spin('a', 1);
    expect(
      stakesOf(events, [
        spin('a', 0),
        { trace_id: 'b', measurements: {}, currency: currency ?? '' },
      ]),
    ).toEqual({ spins: 0, sums: [] });
  });
});
