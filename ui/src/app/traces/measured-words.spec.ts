import { formatsFor } from '../core/money';
import { Measurement } from '../core/telemetry-wire';
import { measuredWords } from './measured-words';

describe('what a trace measured', () => {
  const told = (measurements: Record<string, Measurement>, currency?: string): string[] =>
    measuredWords(
      currency === undefined ? { measurements } : { measurements, currency },
      (key) => key.replace('viewer.measured.', ''),
      formatsFor('en'),
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

  it('is a number where the currency is not known', () =>
    expect(told({ stake: { value: 10, unit: 'none' } })).toEqual(['stake 10']));

  it('has the unit and the name that others gave it', () =>
    expect(told({ lcp: { value: 120.5, unit: 'millisecond' } })).toEqual([
      'lcp 120.50 millisecond',
    ]));
});
