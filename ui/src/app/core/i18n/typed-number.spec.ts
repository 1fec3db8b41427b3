import { typedNumber } from './typed-number';

describe('a typed number', () => {
  it('is read as people type it', () => {
    const check = (typed: string, expected: number | null): void =>
      expect([typed, typedNumber(typed, false)]).toEqual([typed, expected]);
    check('15', 15);
    check(' 2,5 ', 2.5);
    check('+25', 25);
    check('−80', 80);
    check('-80', 80);
    check('0', 0);
    check('1.500', 1.5);
    check('', null);
    check('many', null);
    check('1e9', null);
    check('1.2.3', null);
  });

  it('that is large may have its thousands apart, in any language', () => {
    for (const typed of ['1200000', '1,200,000', '1.200.000', '1 200\u00a0000', '1,200,000.00'])
      expect([typed, typedNumber(typed, true)]).toEqual([typed, 1_200_000]);
    expect(typedNumber('12,5', true)).toBe(12.5);
    expect(typedNumber('1,234.56', true)).toBe(1_234.56);
  });
});
