import { micros } from '../../core/api/micros';
import { spanOf } from '../../testing/any-spans';
import { layoutOf } from '../../traces/tree/layout';
import { Station, StationName } from './spin-path';
import { scaleOf, segmentsOf } from './spin-segments';

const station = (
  name: StationName,
  time: number | null,
  state: Station['state'] = 'passed',
  share: number | null = null,
): Station => ({ name, state, time: time === null ? null : micros(time), share });

describe('the bar of a spin', () => {
  const layout = layoutOf({ spans: [spanOf('r', null, 1, 66_001)], errors: [], logs: [] });

  it('has the time of the spin, or of the longer of two', () => {
    expect(scaleOf(layout, micros(9), null)).toBe(66_000);
    expect(scaleOf(layout, micros(9), { total: micros(4_000_000) })).toBe(4_000_000);
    expect(scaleOf(layout, micros(9), { total: micros(5_000) })).toBe(66_000);
  });

  it('grows with a spin that runs, for six seconds on one scale', () => {
    expect(scaleOf(null, micros(1_000_000), null)).toBe(6_000_000);
    expect(scaleOf(null, micros(8_000_000), null)).toBe(8_000_000);
    expect(scaleOf(null, micros(9), { total: micros(4_000_000) })).toBe(4_000_000);
  });

  it('has the parts in the order of the stations, each with its share', () => {
    const parts = segmentsOf(
      [
        station('frontend', 20_000, 'passed', 0.02),
        station('api-gateway', null, 'dark'),
        station('payment-provider', 980_000, 'failed', 0.98),
      ],
      micros(1_000_000),
      null,
    );
    expect(parts).toEqual([
      { name: 'frontend', state: 'passed', width: 0.02, share: 0.02 },
      { name: 'payment-provider', state: 'failed', width: 0.98, share: 0.98 },
    ]);
  });

  it('fills the rest of the time with the station that is waited for', () => {
    const stations = [
      station('user-service', 1_000_000),
      station('payment-service', null, 'asked'),
      station('payment-provider', null, 'waiting'),
    ];
    const widths = (running: number | null): number[] =>
      segmentsOf(stations, micros(6_000_000), running === null ? null : micros(running)).map(
        ({ width }) => width,
      );
    expect(widths(4_000_000)).toEqual([1 / 6, 0.5]);
    expect(widths(500_000)).toEqual([1 / 6]);
    expect(widths(null)).toEqual([1 / 6]);
  });
});
