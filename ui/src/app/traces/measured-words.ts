import { Measurement, TraceSummary } from '../core/api/schema';
import { Language } from '../core/i18n/language';
import { Formats, minorUnits } from '../core/i18n/formats';

/** A measurement in words; its name is not translated where nobody but the customer knows it. */
export interface Measured {
  readonly name: string;
  readonly value: string;
}

/** In the order in which they are told: the stake comes before what came of it. */
const KNOWN = ['failed_stake', 'stake', 'payout', 'rtp'] as const;
const MONEY: ReadonlySet<string> = new Set(['failed_stake', 'stake', 'payout']);
/** Statuses of a root that ended well: `error` says that errors belong to the trace, of an attempt that was repeated. */
export const WELL: ReadonlySet<string> = new Set(['ok', 'error']);

/**
 * What a trace measured: the money of a spin with its currency, whatever else as it is. Of a spin that failed only its
 * stake is told: what services on the way drew was not paid. A spin has failed too where its round was voided behind a
 * good answer.
 */
export function measuredWords(
  { measurements, currency, status }: Pick<TraceSummary, 'measurements' | 'currency' | 'status'>,
  say: Language['say'],
  formats: Formats,
): Measured[] {
  const lost = (measurements['failed_stake']?.value ?? 0) > 0;
  const known = KNOWN.filter((name) => {
    if (name === 'failed_stake') return true;
    return !lost && (WELL.has(status) || name === 'stake');
  });
  const told: Measured[] = known.flatMap((name) => {
    const measurement = measurements[name];
    if (!measurement) return [];
    const value =
      MONEY.has(name) && currency !== undefined
        ? formats.money(minorUnits(measurement.value, currency), currency)
        : valueWords(measurement, formats);
    return [{ name: say(`viewer.measured.${name}`), value }];
  });
  const others = Object.entries(measurements)
    .filter(([name]) => name !== 'rtp_running' && !KNOWN.some((each) => each === name))
    .map(([name, measurement]) => ({ name, value: valueWords(measurement, formats) }));
  return [...told, ...others];
}

export function valueWords({ value, unit }: Measurement, formats: Formats): string {
  const digits = Number.isInteger(value) ? 0 : 2;
  if (unit === 'percent') return formats.percent(value, 1);
  const number = formats.number(value, digits);
  return unit === 'none' || unit === '' ? number : `${number}\u00a0${unit}`;
}
