import { dsnMistake } from './dsn-mistake';

describe('the mistake in a DSN', () => {
  const check = (text: string, expected: string | null): void =>
    expect([text, dsnMistake(text)]).toEqual([text, expected]);

  // The cases of the collector's own test.
  it('has the name that the collector gives it', () => {
    check('', 'empty');
    check('   ', 'empty');
    check('sentry', 'not_a_url');
    check('abc@host/1', 'not_a_url');
    check(`https://abc@host/${'1'.repeat(2048)}`, 'not_a_url');
    check('ftp://abc@host/1', 'scheme');
    check('https://host/1', 'no_key');
    check('https://:secret@host/1', 'no_key');
    check('https://a%20b@host/1', 'odd_key');
    check('https://abc@/1', 'no_host');
    check('https://', 'no_host');
    check('https://abc@host', 'no_project');
    check('https://abc@host/', 'no_project');
    check('https://abc@host/my-project', 'odd_project');
    check('https://abc@host/1?x=1', 'trailing');
    check('https://abc@host/1#top', 'trailing');
  });
  it('is none in a DSN', () => {
    check(' https://ab12cd34:secret@o1.ingest.sentry.io:8443/relay/42/ ', null);
    check('http://abc@[::1]:9000/1', null);
  });
});
