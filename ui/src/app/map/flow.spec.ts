import fc from 'fast-check';

import { micros } from '../core/api/micros';
import { MapTraffic } from '../core/api/schema';
import { Dots, Flow, MOST_DOTS, TRAVEL_MS, flowsOf } from './flow';

const wire = (
  id: string,
  per_minute: number,
  p50_ms: number,
): { id: string; traffic: MapTraffic } => ({
  id,
  traffic: { calls: 1, errors: 0, per_minute, p50_us: micros(p50_ms * 1_000), p95_us: micros(1) },
});

describe('the calls on the map', () => {
  it('are as many dots as there are calls, while there is room for them', () => {
    expect(flowsOf([wire('a', 60, 3_000), wire('b', 0, 3_000)])).toEqual({
      perDot: 1,
      flows: [{ id: 'a', everyMs: 1_000, lastsMs: 3_000 }],
    });
    expect(flowsOf([])).toEqual({ perDot: 1, flows: [] });
  });

  it('are several for each dot where they are many', () => {
    const { perDot, flows } = flowsOf([wire('a', 600, 3_400), wire('b', 2_400, 1)]);
    expect(perDot).toBe(2);
    expect(flows[0]?.everyMs).toBe(200);
  });

  it('are never more dots than that, whatever the rates', () => {
    const flow = fc.record({
      id: fc.constantFrom('a', 'b', 'c', 'd'),
      everyMs: fc.double({ min: 1, max: 5_000, noNaN: true }),
      lastsMs: fc.double({ min: 0, max: 20_000, noNaN: true }),
    });
    const flows = fc.uniqueArray(flow, { selector: ({ id }) => id });
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 0, max: 500 }), flows)), (steps) => {
        const dots = new Dots();
        let now = 0;
        for (const [pause, each] of steps) {
          now += pause;
          const shown = dots.at(now, each);
          expect(shown.length).toBeLessThanOrEqual(MOST_DOTS);
          for (const { way } of shown) expect(way >= 0 && way <= 1).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('are there at the first look, in progress', () => {
    const shown = new Dots().at(60_000, [{ id: 'a', everyMs: 1_000, lastsMs: 3_000 }]);
    expect(shown.map(({ place }) => place)).toEqual([0, 1, 2, null]);
  });

  it('travel, wait in a queue for as long as a call lasts, and are gone', () => {
    const dots = new Dots();
    const slow: Flow[] = [{ id: 'a', everyMs: 1_000, lastsMs: 3_000 }];
    let shown = dots.at(0, slow);
    for (let now = 0; now <= 20_000; now += 10) shown = dots.at(now, slow);
    expect(shown.filter(({ place }) => place !== null).map(({ place }) => place)).toEqual([
      0, 1, 2,
    ]);
    const quick = [{ id: 'a', everyMs: 1_000, lastsMs: 1 }];
    for (let now = 20_010; now <= 20_010 + TRAVEL_MS; now += 10) shown = dots.at(now, quick);
    expect(shown.every(({ place }) => place === null || place === 0)).toBe(true);
  });
});
