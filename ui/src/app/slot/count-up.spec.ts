import { countUpAt, countUpMs } from './count-up';

describe('counting up', () => {
  it('starts at the one amount and ends exactly at the other', () => {
    expect(countUpAt(1000, 4501, 0, 600)).toBe(1000);
    expect(countUpAt(1000, 4501, 600, 600)).toBe(4501);
    expect(countUpAt(1000, 4501, 9999, 600)).toBe(4501);
  });

  it('shows whole minor units that never turn back', () => {
    let before = 0;
    for (let elapsed = 0; elapsed <= 600; elapsed += 7) {
      const shown = countUpAt(0, 77777, elapsed, 600);
      expect(Number.isInteger(shown)).toBe(true);
      expect(shown).toBeGreaterThanOrEqual(before);
      before = shown;
    }
  });

  it('counts down as well', () => {
    const halfway = countUpAt(5000, 1000, 300, 600);
    expect(halfway).toBeGreaterThan(1000);
    expect(halfway).toBeLessThan(5000);
  });

  it('shows the amount at once when there is no time', () => expect(countUpAt(0, 5, 0, 0)).toBe(5));

  it('takes longer for a bigger win, but never long', () => {
    expect(countUpMs(10_000, 1000)).toBeGreaterThan(countUpMs(1000, 1000));
    expect(countUpMs(250_000_000, 1000)).toBe(1600);
  });
});
