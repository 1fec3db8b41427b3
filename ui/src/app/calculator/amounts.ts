import { Calculation, CalculatorUnit, ScenarioValues } from '../core/api/schema';
import { majorUnits, minorUnits, numberFormat } from '../core/i18n/formats';
import { Language } from '../core/i18n/language';
import { wholeMoney } from '../business/whole-money';

export type Scenario = keyof ScenarioValues;
/** From the worst to the best. */
export const SCENARIOS = ['pessimistic', 'expected', 'optimistic'] as const;

/** Digits after the point of a value that is shown, as far as it needs them. */
const MOST_DIGITS = 2;

const MONTHS: Intl.NumberFormatOptions = {
  style: 'unit',
  unit: 'month',
  unitDisplay: 'long',
  maximumFractionDigits: 1,
};

/** A value of the calculator as it is shown. */
export function amountText(
  language: Language,
  { currency }: Pick<Calculation, 'currency'>,
  unit: CalculatorUnit,
  value: number | null,
): string {
  if (value === null) return '–';
  if (unit === 'money')
    return Number.isInteger(majorUnits(value, currency)) || Math.abs(value) >= 10_000
      ? wholeMoney(language, value, currency)
      : language.formats().money(value, currency);
  if (unit === 'months') return numberFormat(language.active(), MONTHS).format(value);
  const number = numberText(language, value);
  const sign = unitText(language, unit, '');
  if (unit === 'percent') return language.formats().percent(value, digitsOf(value));
  return sign === '' ? number : `${number}\u00a0${sign}`;
}

/** The sign of a unit behind a field. */
export function unitText(language: Language, unit: CalculatorUnit, currency: string): string {
  switch (unit) {
    case 'hours':
      return language.say('calculator.hours');
    case 'ms':
      return language.say('calculator.ms');
    case 'percent':
      return language.say('calculator.perCent');
    case 'money':
      return language.formats().money(0, currency).split(/\s/u).at(-1) ?? currency;
    default:
      return '';
  }
}

/** A value as it stands in a field, in major units of money. */
export function fieldText(
  language: Language,
  unit: CalculatorUnit,
  currency: string,
  value: number,
): string {
  return numberText(language, unit === 'money' ? majorUnits(value, currency) : value);
}

/** What was read from a field, in minor units of money. */
export function fieldValue(unit: CalculatorUnit, currency: string, value: number): number {
  return unit === 'money' ? minorUnits(value, currency) : value;
}

function numberText(language: Language, value: number): string {
  const options = { maximumFractionDigits: MOST_DIGITS };
  return numberFormat(language.active(), options).format(value).replace('-', '\u2212');
}

function digitsOf(value: number): number {
  const digits = [0, 1].find(
    (count) => Math.abs(value * 10 ** count - Math.round(value * 10 ** count)) < 1e-9,
  );
  return digits ?? MOST_DIGITS;
}
