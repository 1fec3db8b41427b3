import { Formats, formatsFor } from '../core/i18n/formats';
import { LANGUAGES, LanguageEntry } from '../core/i18n/languages';
import { units as english } from '../core/i18n/languages/en/units';
import { units as russian } from '../core/i18n/languages/ru/units';

/** How English and Russian write numbers and times. */
export const FORMATS: Readonly<Record<'en' | 'ru', Formats>> = {
  en: formatsFor('en-GB', english),
  ru: formatsFor('ru-RU', russian),
};

/** The language with this code, for specs. */
export function languageNamed(code: string): LanguageEntry {
  const entry = LANGUAGES.find((each) => each.code === code);
  if (!entry) throw new Error(`there is no language ${code}`);
  return entry;
}
