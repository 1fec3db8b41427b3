import { validLocales, withValidLocale } from './browser-locale';

describe('the language of the browser', () => {
  const check = (language: string, languages: readonly string[], expected: string[]): void => {
    const browser = { language, languages };
    withValidLocale(browser);
    expect([browser.language, ...browser.languages]).toEqual(expected);
    // The chart library does this when it is loaded.
    expect(() => new Intl.NumberFormat(browser.language)).not.toThrow();
  };

  it('is one that Intl takes, whatever the system says', () => {
    check('c', ['c'], ['en-US', 'en-US']);
    check('C.UTF-8', [], ['en-US', 'en-US']);
    check('', [], ['en-US', 'en-US']);
    check('c', ['ru_RU', 'ru-RU'], ['ru-RU', 'ru-RU']);
  });

  it('stays what it is where it is one', () => {
    check('ru-RU', ['ru-RU', 'en'], ['ru-RU', 'ru-RU', 'en']);
    expect(validLocales(['de', undefined, 'posix!'])).toEqual(['de']);
  });
});
