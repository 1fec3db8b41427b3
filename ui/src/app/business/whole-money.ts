import { majorUnits } from '../core/i18n/formats';
import { Language } from '../core/i18n/language';

/** An estimated amount, in minor units, without the digits of the minor unit: 27 300 ₽. */
export function wholeMoney(language: Language, minor: number, currency: string): string {
  const { amount, money, number } = language.formats();
  const whole = number(Math.round(majorUnits(minor, currency)));
  return money(0, currency).replace(amount(0, currency), whole);
}
