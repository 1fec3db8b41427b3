import { Micros } from '../api/micros';

const NO_BREAK_SPACE = '\u00a0';
const MINUS = '\u2212';

/** The formats of one language. */
export interface Formats {
  /** 103500 RUB → "1 035,00 ₽": the symbol comes last in every language, as usual for roubles. */
  money(minorUnits: number, currency: string): string;
  /** 4500 RUB → "45,00": where the context shows the currency. */
  amount(minorUnits: number, currency: string): string;
  /** +45,00 or −10,00: the change by a round. */
  change(minorUnits: number, currency: string): string;
  number(value: number, digits?: number): string;
  /** 96.014 → "96,01 %" (the argument is in per cent). */
  percent(value: number, digits?: number): string;
  /** Integers of any length, such as those of the gateway's exact fractions. */
  integer(digits: string): string;
  /** Below a second in ms, otherwise in s. */
  duration(milliseconds: number): string;
  /** Seconds with tenths, for a clock that counts: 0.0 s, 2.7 s. */
  stopwatch(milliseconds: number): string;
  /**
   * The duration of a span with three significant digits: 340 µs, 2.14 ms, 513 ms, 3.91 s; from a
   * minute on 2 min 05 s, 24 h 00 min.
   */
  lapse(span: Micros): string;
  /** The same with a sign: slower (+) or faster (−); 0 has none. */
  lapseChange(span: Micros): string;
  /**
   * The same for the marks of a ruler, without trailing zeros: 1.5 s, 20 ms. Marks that are `step`
   * apart have different labels.
   */
  mark(span: Micros, step?: Micros): string;
  time(rfc3339: string): string;
  /**
   * Time of day; only the date if it is another day, with the year if it is another year. Short
   * enough for a column.
   */
  when(at: Micros): string;
  /** Date, time of day and time zone. */
  zoned(at: Micros): string;
  /**
   * The same for the marks of an axis that are `step` apart, with only the parts that distinguish
   * them.
   */
  timeMark(at: Micros, step: Micros): string;
  /** Time of day, of microseconds since the Unix epoch. */
  clock(at: Micros): string;
  /** Date and time of day, of microseconds since the Unix epoch. */
  date(at: Micros): string;
  dateTime(rfc3339: string): string;
  /** A day in UTC, such as `2026-01-31`. */
  day(iso: string): string;
  /** 12 sec. ago; `now` is in milliseconds since the Unix epoch. */
  ago(at: Micros, now: number): string;
  /** The plural category of a count (CLDR). */
  plural(count: number): Intl.LDMLPluralRule;
  /** The separator of thousands: a comma, a point or a space. */
  readonly thousands: string;
  /** The unit of time that a typed word means. */
  unitOf(word: string): Unit | undefined;
}

/**
 * The units of time in a language: first the displayed symbol, then other words that may be typed.
 * `Intl` writes "4.82 secs"; the symbols of the SI are shorter.
 */
export type Units = Readonly<Record<Unit, readonly [shown: string, ...typed: string[]]>>;
const UNITS = ['microsecond', 'millisecond', 'second', 'minute', 'hour'] as const;
export type Unit = (typeof UNITS)[number];

/** The units of times in the past, in seconds. */
const LAST_LENGTH = ['second', 1] as const;
const LENGTHS = [['day', 86_400], ['hour', 3_600], ['minute', 60], LAST_LENGTH] as const;

/**
 * Keeps the result for each list of arguments. Creating a format costs a hundred times as much as using it, and some are
 * used in every frame.
 */
function cached<A extends readonly unknown[], T extends object | string | number>(
  make: (...of: A) => T,
): (...of: A) => T {
  const made = new Map<string, T>();
  return (...of) => {
    const key = JSON.stringify(of);
    const known = made.get(key);
    if (known !== undefined) return known;
    const result = make(...of);
    made.set(key, result);
    return result;
  };
}

export const numberFormat = cached(
  (locale: string, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(locale, options),
);
const dateFormat = cached(
  (locale: string, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(locale, options),
);
const pluralRules = cached((locale: string) => new Intl.PluralRules(locale));

export function formatsFor(locale: string, units: Units): Formats {
  const plurals = pluralRules(locale);
  const time = dateFormat(locale, { timeStyle: 'medium' });
  const dateTime = dateFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });

  const timeOfDay = dateFormat(locale, { timeStyle: 'short' });
  const dayOfYear = dateFormat(locale, { day: 'numeric', month: 'short' });
  const shortDay = dateFormat(locale, { dateStyle: 'short' });
  const days = dateFormat('en-CA', { dateStyle: 'short' });
  const zoned = dateFormat(locale, {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    timeZoneName: 'longOffset',
  });
  const withDigits = (digits: number): Intl.NumberFormat =>
    numberFormat(locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
  const number = (value: number, digits = 0): string => withMinus(withDigits(digits).format(value));
  const amount = (minorUnits: number, currency: string): string => {
    const digits = minorDigits(currency);
    return number(minorUnits / 10 ** digits, digits);
  };
  const round = numberFormat(locale, { maximumSignificantDigits: 6 });
  const trimmed = (value: number, digits: number): string =>
    numberFormat(locale, { maximumFractionDigits: digits }).format(value);
  /** Two units: minutes and seconds, or hours and minutes. */
  const longLapse = (span: number): string => {
    const seconds = Math.round(span / 1_000_000);
    const [large, small, parts] =
      seconds < 3_600
        ? (['minute', 'second', seconds] as const)
        : (['hour', 'minute', Math.round(seconds / 60)] as const);
    const rest = String(parts % 60).padStart(2, '0');
    const first = number(Math.floor(parts / 60)) + NO_BREAK_SPACE + units[large][0];
    return first + NO_BREAK_SPACE + rest + NO_BREAK_SPACE + units[small][0];
  };
  const lapse = (span: number): string => {
    if (Math.abs(span) >= 59_995_000) return (span < 0 ? MINUS : '') + longLapse(Math.abs(span));
    const [value, digits, unit] = figures(Math.abs(span));
    return number(span < 0 ? -value : value, digits) + NO_BREAK_SPACE + units[unit][0];
  };
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  return {
    amount,
    number,
    lapse,
    ago: (at, now) => {
      // A clock that is ahead tells of the future.
      const seconds = Math.max(Math.round(now / 1000 - at / 1_000_000), 0);
      const [unit, length] = LENGTHS.find(([, length]) => seconds >= length) ?? LAST_LENGTH;
      return relative.format(-Math.floor(seconds / length), unit);
    },
    lapseChange: (span) => (span > 0 ? '+' : '') + lapse(span),
    mark: (span, step) => {
      if (span === 0) return '0';
      const [value, , unit] = figures(span);
      if (step === undefined) return round.format(value) + NO_BREAK_SPACE + units[unit][0];
      if (span >= 60_000_000 && step >= 60_000_000) return longLapse(span);
      const part = (step * value) / span;
      const digits = Math.min(Math.max(Math.ceil(-Math.log10(part) - 1e-9), 0), 20);
      return trimmed(value, digits) + NO_BREAK_SPACE + units[unit][0];
    },
    money: (minorUnits, currency) =>
      amount(minorUnits, currency) + NO_BREAK_SPACE + currencySign(locale, currency),
    change: (minorUnits, currency) => (minorUnits > 0 ? '+' : '') + amount(minorUnits, currency),
    percent: (value, digits = 2) =>
      numberFormat(locale, {
        style: 'percent',
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }).format(value / 100),
    integer: (digits) => numberFormat(locale, {}).format(BigInt(digits)),
    duration: (milliseconds) => {
      const whole = Math.round(milliseconds);
      return whole < 1000
        ? number(whole) + NO_BREAK_SPACE + units.millisecond[0]
        : number(milliseconds / 1000, 2) + NO_BREAK_SPACE + units.second[0];
    },
    stopwatch: (milliseconds) =>
      number(Math.floor(milliseconds / 100) / 10, 1) + NO_BREAK_SPACE + units.second[0],
    time: (rfc3339) => time.format(new Date(rfc3339)),
    dateTime: (rfc3339) => dateTime.format(new Date(rfc3339)),
    day: (iso) =>
      dateFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(new Date(iso)),
    when: (at) => {
      const [moment, now] = [new Date(at / 1000), new Date()];
      if (days.format(moment) === days.format(now)) return time.format(moment);
      const thisYear = moment.getFullYear() === now.getFullYear();
      return (thisYear ? dayOfYear : shortDay).format(moment);
    },
    timeMark: (at, step) => {
      const seconds = step / 1_000_000;
      const format =
        seconds < 60
          ? time
          : seconds < 86_400
            ? timeOfDay
            : seconds < 180 * 86_400
              ? dayOfYear
              : shortDay;
      return format.format(at / 1000);
    },
    zoned: (at) => zoned.format(at / 1000),
    clock: (at) => time.format(at / 1000),
    date: (at) => dateTime.format(at / 1000),
    plural: (count) => plurals.select(count),
    thousands:
      withDigits(0)
        .formatToParts(1_000_000)
        .find(({ type }) => type === 'group')?.value ?? '',
    unitOf: (word) => UNITS.find((unit) => units[unit].includes(word)),
  };
}

/**
 * Microseconds in a suitable unit, and the number of digits after the point for three significant
 * digits.
 */
function figures(span: number): [value: number, digits: number, unit: Unit] {
  if (span < 999.5) return [span, 0, 'microsecond'];
  const milliseconds = span / 1000;
  if (milliseconds < 9.995) return [milliseconds, 2, 'millisecond'];
  if (milliseconds < 99.95) return [milliseconds, 1, 'millisecond'];
  if (milliseconds < 999.5) return [milliseconds, 0, 'millisecond'];
  return [milliseconds / 1000, 2, 'second'];
}

/**
 * Whether a text has the form of an ISO 4217 code. A trace may contain anything, and `Intl` throws
 * for other texts.
 */
function isCurrency(code: string): boolean {
  return /^[A-Za-z]{3}$/.test(code);
}

/** Converts money of telemetry, in major units, to minor units of its currency. */
export function minorUnits(major: number, currency: string): number {
  return Math.round(major * 10 ** minorDigits(currency));
}

/** Converts money of the API, in minor units, to the major units of telemetry. */
export function majorUnits(minor: number, currency: string): number {
  return minor / 10 ** minorDigits(currency);
}

/** Number of digits after the point of a currency: 2 for RUB, 0 for JPY. */
function minorDigits(currency: string): number {
  return isCurrency(currency) ? knownDigits(currency) : 2;
}

const knownDigits = cached(
  (currency: string): number =>
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
      .maximumFractionDigits ?? 2,
);

function currencySign(locale: string, currency: string): string {
  return isCurrency(currency) ? knownSign(locale, currency) : currency;
}

const knownSign = cached((locale: string, currency: string): string => {
  const parts = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  }).formatToParts(0);
  return parts.find((part) => part.type === 'currency')?.value ?? currency;
});

/** A hyphen is too short beside a plus sign and tabular figures. */
function withMinus(text: string): string {
  return text.replace('-', MINUS);
}
