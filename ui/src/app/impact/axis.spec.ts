import { shareAxis, timeAxis } from './axis';

describe('an axis of before and after', () => {
  it('of times goes from 1 ms to 10 s, a decade being as long as another', () => {
    const { ticks, place } = timeAxis([4.7, 4_320]);
    expect(ticks).toEqual([1, 10, 100, 1_000, 10_000]);
    expect(ticks.map(place)).toEqual([0, 25, 50, 75, 100]);
  });

  it('of times is longer where a value needs it', () => {
    expect(timeAxis([0.4, 30_000]).ticks).toEqual([0.1, 1, 10, 100, 1_000, 10_000, 100_000]);
    expect(timeAxis([0]).place(0)).toBe(0);
  });

  it('of shares begins at 0 and ends at a round number', () => {
    expect(shareAxis([8.1, 0]).ticks).toEqual([0, 5, 10]);
    expect(shareAxis([40.7]).place(40)).toBe(80);
    expect(shareAxis([61]).ticks).toEqual([0, 50, 100]);
  });
});
