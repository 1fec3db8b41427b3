import { organizationOf } from './organization';

describe('the slug of an organisation', () => {
  const check = (text: string, expected: string | null): void =>
    expect([text, organizationOf(text)]).toEqual([text, expected]);

  it('is typed, or taken from an address', () => {
    check(' acme-games ', 'acme-games');
    check('acme.sentry.io', 'acme');
    check('https://acme.sentry.io/issues/?project=1', 'acme');
    check('https://sentry.example/organizations/acme/issues/', 'acme');
    check('', '');
  });
  it('is nothing else', () => {
    for (const text of ['Acme Games', 'ацме', '../x', '-acme', 'https://sentry.example/'])
      check(text, null);
  });
});
