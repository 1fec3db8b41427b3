import { dayOf, daysLater } from './days';

describe('the days of the report', () => {
  it('follow each other over the ends of months and years', () => {
    expect(daysLater('2026-02-28', 1)).toBe('2026-03-01');
    expect(daysLater('2026-01-01', -1)).toBe('2025-12-31');
  });

  it('are those of an address that have begun', () => {
    const of = (text: string | null): string | null => dayOf(text, '2026-11-30');
    expect(of('2026-11-29')).toBe('2026-11-29');
    expect(of('2026-11-30')).toBe('2026-11-30');
    for (const text of [null, '', '2026-12-01', '2026-02-30', '2026-13-01', 'yesterday', '9'])
      expect(of(text)).toBeNull();
  });
});
