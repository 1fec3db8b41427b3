export const LANGS = ['ru', 'en'] as const;
export type Lang = (typeof LANGS)[number];

export function isLang(value: unknown): value is Lang {
  return LANGS.some((lang) => lang === value);
}

/** Russian for those who read Russian (ru, ru-RU, be, kk, …), English for everybody else. */
export function langOf(browserLanguage: string | undefined): Lang {
  const [primary] = (browserLanguage ?? '').toLowerCase().split('-');
  return ['ru', 'be', 'kk', 'ky', 'tg'].includes(primary ?? '') ? 'ru' : 'en';
}
