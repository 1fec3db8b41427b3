import { rateOf } from './sample-rate';

describe('a sample rate', () => {
  const check = (text: string, expected: number | null): void =>
    expect([text, rateOf(text)]).toEqual([text, expected]);

  it('is typed in per cent, as either language writes it', () => {
    check('100', 1);
    check(' 12,5 % ', 0.125);
    check('12.5', 0.125);
    check('0', 0);
  });
  it('is nothing else', () => {
    for (const text of ['', '101', '-1', '1e2', 'all', '1.2.3']) check(text, null);
  });
});
