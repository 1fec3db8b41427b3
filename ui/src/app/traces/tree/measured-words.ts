import { Measurement, TraceSummary } from '../../core/api/schema';
import { Language } from '../../core/i18n/language';
import { Formats, minorUnits } from '../../core/i18n/formats';

/** A measurement as text. Names that a customer chose are not translated. */
export interface Measured {
  readonly name: string;
  readonly value: string;
}

/** In the order of the text: the stake comes before the result. */
const KNOWN = ['failed_stake', 'stake', 'payout', 'rtp'] as const;
const MONEY: ReadonlySet<string> = new Set(['failed_stake', 'stake', 'payout']);
/** Statuses of a root that succeeded. `error` says that the trace contains errors, of an attempt that was retried. */
export const WELL: ReadonlySet<string> = new Set(['ok', 'error']);

/**
 * The measurements of a trace: money of a spin with its currency, others unchanged. A failed spin shows only its stake,
 * because its payout was not paid. A spin also failed if its round was voided after a successful response.
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
