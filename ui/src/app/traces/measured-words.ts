import { Language } from '../core/language';
import { Formats } from '../core/money';
import { Measurement, TraceSummary } from '../core/telemetry-wire';

/** A measurement in words; its name is not translated where nobody but the customer knows it. */
export interface Measured {
  readonly name: string;
  readonly value: string;
}

/** What a trace measured: the money of a spin with its currency, whatever else as it is. */
export function measuredWords(
  { measurements, currency }: Pick<TraceSummary, 'measurements' | 'currency'>,
  say: Language['say'],
  formats: Formats,
): Measured[] {
  const told: Measured[] = [];
  for (const [name, measurement] of Object.entries(measurements)) {
    if (name === 'rtp_running') continue;
    const known = name === 'stake' || name === 'payout' || name === 'rtp';
    const money = name === 'stake' || name === 'payout';
    told.push({
      name: known ? say(`viewer.measured.${name}`) : name,
      value:
        money && currency !== undefined
          ? formats.money(Math.round(measurement.value * 100), currency)
          : valueWords(measurement, formats),
    });
  }
  // The stake comes before what came of it.
  const order = ['stake', 'payout', 'rtp'].map((name) => say(`viewer.measured.${name as 'rtp'}`));
  const rank = ({ name }: Measured): number => (order.indexOf(name) + 9) % 9;
  return told.sort((one, other) => rank(one) - rank(other));
}

export function valueWords({ value, unit }: Measurement, formats: Formats): string {
  const digits = Number.isInteger(value) ? 0 : 2;
  if (unit === 'percent') return formats.percent(value, 1);
  const number = formats.number(value, digits);
  return unit === 'none' || unit === '' ? number : `${number}\u00a0${unit}`;
}
