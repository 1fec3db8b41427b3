import { normalisedCode } from './account-code';

describe('an account code', () => {
  const check = (typed: string, expected: string | null): void =>
    expect(normalisedCode(typed)).toBe(expected);

  it('is understood however it is typed', () => {
    check('RS-000042', 'RS-000042');
    check(' rs-42 ', 'RS-000042');
    check('rs42', 'RS-000042');
    check('100000', 'RS-100000');
  });

  it('is nothing else', () => {
    check('', null);
    check('RS-', null);
    check('RS-1234567', null);
    check('XX-000001', null);
  });
});
