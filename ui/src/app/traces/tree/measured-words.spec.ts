import { Measurement } from '../../core/api/schema';
import { FORMATS } from '../../testing/languages';
import { measuredWords } from './measured-words';

describe('what a trace measured', () => {
  const told = (
    measurements: Record<string, Measurement>,
    currency?: string,
    status = 'ok',
  ): string[] =>
    measuredWords(
      currency === undefined ? { measurements, status } : { measurements, status, currency },
      (key) => key.replace('viewer.measured.', ''),
      FORMATS.en,
    ).map(({ name, value }) => `${name} ${value.replaceAll('\u00a0', ' ')}`);

  it('is money with its currency, the stake before what came of it', () =>
    expect(
      told(
        {
          payout: { value: 45, unit: 'none' },
          rtp: { value: 450, unit: 'percent' },
          rtp_running: { value: 96, unit: 'percent' },
          stake: { value: 10, unit: 'none' },
        },
        'RUB',
      ),
    ).toEqual(['stake 10.00 ₽', 'payout 45.00 ₽', 'rtp 450.0%']));

  it('is the stake alone where the spin failed, and nothing that was drawn on the way', () => {
    const drawn = {
      stake: { value: 10, unit: 'none' },
      payout: { value: 5, unit: 'none' },
      rtp: { value: 50, unit: 'percent' },
    };
    const failed = { ...drawn, failed_stake: { value: 10, unit: 'none' } };
    expect(told(failed, 'RUB', 'deadline_exceeded')).toEqual(['failed_stake 10.00 ₽']);
    expect(told(drawn, 'RUB', 'deadline_exceeded')).toEqual(['stake 10.00 ₽']);
    expect(told(drawn, 'RUB', 'error')).toHaveLength(3);
    expect(told(failed, 'RUB', 'error')).toEqual(['failed_stake 10.00 ₽']);
  });

  it('is a number where the currency is not known', () =>
    expect(told({ stake: { value: 10, unit: 'none' } })).toEqual(['stake 10']));

  it('has the unit and the name that others gave it', () =>
    expect(told({ lcp: { value: 120.5, unit: 'millisecond' } })).toEqual([
      'lcp 120.50 millisecond',
    ]));
});
