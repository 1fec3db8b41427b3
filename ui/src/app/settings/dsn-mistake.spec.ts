import { dsnMistake } from './dsn-mistake';

describe('the mistake in a DSN', () => {
  const check = (text: string, expected: string | null): void =>
    expect([text, dsnMistake(text)]).toEqual([text, expected]);

  it('is named', () => {
    check('nonsense', 'address');
    check('ftp://key@sentry.example/1', 'address');
    check('https://sentry.example/1', 'key');
    check('https://key@sentry.example', 'project');
    check('https://key@sentry.example/shop', 'project');
  });
  it('is left to the gateway where none is seen', () =>
    check('https://key@sentry.example/1', null));
});
