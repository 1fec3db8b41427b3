import fc from 'fast-check';

import { micros } from '../../core/api/micros';
import {
  View,
  barOf,
  isWhole,
  panned,
  percentAt,
  ticks,
  whole,
  within,
  zoomed,
} from './time-scale';

const anyTotal = fc.integer({ min: 20, max: 10_000_000 });
const anyScene = anyTotal.chain((total) =>
  fc.record({
    total: fc.constant(micros(total)),
    view: fc
      .tuple(fc.integer({ min: -50, max: total }), fc.integer({ min: 0, max: total }))
      .map(([from, width]) =>
        within({ from: micros(from), to: micros(from + width) }, micros(total)),
      ),
  }),
);
const fits = ({ from, to }: View, total: number): void => {
  expect(from).toBeGreaterThanOrEqual(0);
  expect(to).toBeLessThanOrEqual(total + 1e-6);
  expect(to - from).toBeGreaterThan(0);
};

describe('the view of a trace', () => {
  it('stays within it, however it is zoomed and moved', () => {
    fc.assert(
      fc.property(
        anyScene,
        fc.double({ min: 0.1, max: 10, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ total, view }, factor, at) => {
          fits(view, total);
          fits(zoomed(view, factor, at, total), total);
          fits(panned(view, factor - 5, total), total);
        },
      ),
    );
  });

  it('keeps what is under the pointer there when it comes closer', () => {
    fc.assert(
      fc.property(anyScene, fc.double({ min: 0, max: 1, noNaN: true }), ({ total, view }, at) => {
        const time = view.from + (view.to - view.from) * at;
        const closer = zoomed(view, 0.8, at, total);
        expect(closer.from + (closer.to - closer.from) * at).toBeCloseTo(time, 3);
      }),
    );
  });

  it('keeps its width when it is moved', () => {
    fc.assert(
      fc.property(anyScene, fc.double({ min: -3, max: 3, noNaN: true }), ({ total, view }, by) => {
        const moved = panned(view, by, total);
        expect(moved.to - moved.from).toBeCloseTo(view.to - view.from, 3);
      }),
    );
  });

  it('comes back to the whole', () => {
    const total = micros(1000);
    let view = whole(total);
    for (let step = 0; step < 9; step += 1) view = zoomed(view, 0.5, 0.3, total);
    expect(isWhole(view, total)).toBe(false);
    for (let step = 0; step < 20; step += 1) view = zoomed(view, 2, 0.9, total);
    expect(isWhole(view, total)).toBe(true);
  });
});

describe('a bar', () => {
  const view = { from: micros(100), to: micros(200) };
  it('is where its times are', () => {
    expect(barOf(view, 125, 175)).toEqual({ left: 25, width: 50, cutLeft: false, cutRight: false });
    expect(percentAt(view, 100)).toBe(0);
  });
  it('is cut at the edges, and says so', () =>
    expect(barOf(view, 0, 300)).toEqual({ left: 0, width: 100, cutLeft: true, cutRight: true }));
  it('is none outside', () => {
    expect(barOf(view, 0, 50)).toBeNull();
    expect(barOf(view, 250, 300)).toBeNull();
  });
});

describe('the ruler', () => {
  it('has round marks, no more than there is room for', () => {
    expect(ticks({ from: micros(0), to: micros(4_820_000) }, 5)).toEqual([
      0, 1_000_000, 2_000_000, 3_000_000, 4_000_000,
    ]);
    fc.assert(
      fc.property(anyScene, fc.integer({ min: 1, max: 12 }), ({ view }, most) => {
        const marks = ticks(view, most);
        expect(marks.length).toBeLessThanOrEqual(most + 1);
        for (const mark of marks) {
          expect(mark).toBeGreaterThanOrEqual(view.from - 1e-6);
          expect(mark).toBeLessThanOrEqual(view.to + 1e-6);
        }
      }),
    );
  });
});
