import { AS_IN_SCRIPT, assumptionOf, assumptionsOf } from './assumptions';

describe('the assumptions', () => {
  it('are those of the script until somebody has others', () => {
    expect(assumptionsOf(null)).toEqual(AS_IN_SCRIPT);
    expect(assumptionsOf({ conversion: 7.5 })).toEqual({ ...AS_IN_SCRIPT, conversion: 7.5 });
  });

  it('are those of the script where what was kept is none', () => {
    const odd = ['{', 7, null, [1], { conversion: 'much', downtime: -1, other: 3 }];
    for (const kept of odd) expect([kept, assumptionsOf(kept)]).toEqual([kept, AS_IN_SCRIPT]);
  });

  it('are read as people type them', () => {
    const check = (typed: string, expected: number | null): void =>
      expect([typed, assumptionOf('conversion', typed)]).toEqual([typed, expected]);
    check('15', 15);
    check(' 2,5 ', 2.5);
    check('+25', 25);
    check('−80', 80);
    check('-80', 80);
    check('0', 0);
    check('', null);
    check('many', null);
    check('1001', null);
    check('1e9', null);
  });

  it('of many spins are typed with their thousands apart, in any language', () => {
    for (const typed of ['1200000', '1,200,000', '1.200.000', '1 200\u00a0000'])
      expect([typed, assumptionOf('spinsPerHour', typed)]).toEqual([typed, 1_200_000]);
    expect(assumptionOf('spinsPerHour', '12,5')).toBe(12.5);
    expect(assumptionOf('spinsPerHour', '100000001')).toBeNull();
  });
});
