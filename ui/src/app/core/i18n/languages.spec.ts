import { languageOf } from './languages';

describe('the first language', () => {
  const check = (browser: string | undefined, expected: string): void =>
    expect(languageOf(browser).code).toBe(expected);

  it('is Russian for those who read it, else English', () => {
    check('ru-RU', 'ru');
    check('RU', 'ru');
    check('be', 'ru');
    check('en-US', 'en');
    check('rue', 'en');
    check(undefined, 'en');
  });
});
