import { TestBed } from '@angular/core/testing';
import { signal } from '@angular/core';

import { P95History, placeOf, pointsOf } from './p95-history';
import { TrafficStore } from './traffic-store';

describe('the history of P95', () => {
  it('has what was measured during the last minute, until the players stop', () => {
    vi.useFakeTimers();
    const traffic = signal<object | null>(null);
    TestBed.configureTestingModule({
      providers: [{ provide: TrafficStore, useValue: { traffic } }],
    });
    const history = TestBed.inject(P95History);
    const told = (p95_ms: number | null, running = true): number[] => {
      traffic.set({ running, p95_ms });
      TestBed.tick();
      vi.advanceTimersByTime(25_000);
      return history.samples().map(({ p95 }) => p95);
    };
    expect(told(null)).toEqual([]);
    expect([told(4_000), told(3_000), told(2_000), told(100)]).toEqual([
      [4_000],
      [4_000, 3_000],
      [4_000, 3_000, 2_000],
      [3_000, 2_000, 100],
    ]);
    expect(told(100, false)).toEqual([]);
    vi.useRealTimers();
  });

  it('is a line that ends now', () => {
    const samples = [
      { at: 40_000, p95: 4_000 },
      { at: 70_000, p95: 1_000 },
    ];
    expect(pointsOf(samples, 70_000, 4_000)).toBe('0.5000,0.0000 1.0000,0.7500');
    expect(placeOf(5_000, 70_000)).toBeLessThan(0);
  });
});
