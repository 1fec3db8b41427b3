import { lostPerHour } from './projection';

describe('the loss in an hour', () => {
  it('is what a spin lost on average, times the volume', () => {
    expect(lostPerHour(26_800, 982, 10_000)).toBe(273_000);
    expect(lostPerHour(0, 982, 10_000)).toBe(0);
  });

  it('is not projected from a few spins, however many they stand for', () => {
    expect(lostPerHour(1_000, 99, 10_000)).toBeNull();
    expect(lostPerHour(1_000, 1_000, 10_000, 99)).toBeNull();
  });
});
