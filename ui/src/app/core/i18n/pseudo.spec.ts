import { pseudo } from './pseudo';

describe('the language that only tests speak', () => {
  it('has every letter accented, and leaves what is no letter as it is', () => {
    expect(pseudo('7 × 2.5\u00a0%')).toBe('7 × 2.5\u00a0%');
    expect(pseudo('Stake and payout')).not.toMatch(/[A-Za-z]/);
  });

  it('does not touch what a value takes the place of', () => {
    expect(pseudo('line {{ line }} · {{ what }}')).toMatch(
      /^[^a-z]+ \{\{ line \}\} · \{\{ what \}\}$/,
    );
  });

  it('is longer by 40 %', () => {
    const phrase = 'abcdefghij'.repeat(10);
    expect([...pseudo(phrase)].length).toBe(140);
    expect([...pseudo('OK')].length).toBe(3);
  });
});
