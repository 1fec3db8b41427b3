import { Lang } from './language-of';

const NO_BREAK_SPACE = '\u00a0';
const MINUS = '\u2212';

/** How one language writes what this page shows. */
export interface Formats {
  /** 103500 RUB → "1 035,00 ₽": the sign comes last in both languages, as Russian money is written. */
  money(minorUnits: number, currency: string): string;
  /** 4500 RUB → "45,00": where the currency is clear from its neighbours. */
  amount(minorUnits: number, currency: string): string;
  /** +45,00 or −10,00: what a round changed. */
  change(minorUnits: number, currency: string): string;
  number(value: number, digits?: number): string;
  /** 96.014 → "96,01 %" (the argument is already in per cent). */
  percent(value: number, digits?: number): string;
  /** Integers of any length, as the gateway's exact fractions have them. */
  integer(digits: string): string;
  /** Below a second in ms, above in s. */
  duration(milliseconds: number): string;
  time(rfc3339: string): string;
  dateTime(rfc3339: string): string;
  /** Which plural form a count takes: "one", "few", "many" or "other". */
  plural(count: number): 'one' | 'few' | 'many' | 'other';
}

/** Intl writes "4.82 secs"; the symbols of the SI are shorter and the same everywhere. */
const UNITS: Record<Lang, { millisecond: string; second: string }> = {
  ru: { millisecond: 'мс', second: 'с' },
  en: { millisecond: 'ms', second: 's' },
};

const LOCALES: Record<Lang, string> = { ru: 'ru-RU', en: 'en-GB' };

export function formatsFor(lang: Lang): Formats {
  const locale = LOCALES[lang];
  const plurals = new Intl.PluralRules(locale);
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'medium' });
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' });

  const number = (value: number, digits = 0): string =>
    withMinus(
      new Intl.NumberFormat(locale, {
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }).format(value),
    );
  const amount = (minorUnits: number, currency: string): string => {
    const digits = minorDigits(currency);
    return number(minorUnits / 10 ** digits, digits);
  };
  return {
    amount,
    number,
    money: (minorUnits, currency) =>
      amount(minorUnits, currency) + NO_BREAK_SPACE + currencySign(locale, currency),
    change: (minorUnits, currency) => (minorUnits > 0 ? '+' : '') + amount(minorUnits, currency),
    percent: (value, digits = 2) =>
      new Intl.NumberFormat(locale, {
        style: 'percent',
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      }).format(value / 100),
    integer: (digits) => new Intl.NumberFormat(locale).format(BigInt(digits)),
    duration: (milliseconds) => {
      const whole = Math.round(milliseconds);
      return whole < 1000
        ? number(whole) + NO_BREAK_SPACE + UNITS[lang].millisecond
        : number(milliseconds / 1000, 2) + NO_BREAK_SPACE + UNITS[lang].second;
    },
    time: (rfc3339) => time.format(new Date(rfc3339)),
    dateTime: (rfc3339) => dateTime.format(new Date(rfc3339)),
    plural: (count) => {
      const form = plurals.select(count);
      return form === 'one' || form === 'few' || form === 'many' ? form : 'other';
    },
  };
}

/** How many digits stand after the point of a currency: 2 for RUB, 0 for JPY. */
function minorDigits(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
      .maximumFractionDigits ?? 2
  );
}

function currencySign(locale: string, currency: string): string {
  const parts = new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
  }).formatToParts(0);
  return parts.find((part) => part.type === 'currency')?.value ?? currency;
}

/** A hyphen is too short beside a plus sign and tabular figures. */
function withMinus(text: string): string {
  return text.replace('-', MINUS);
}
