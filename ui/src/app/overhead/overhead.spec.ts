import { Comparison, Overhead } from '../core/problems-wire';
import { Measured, bytesByRate, ratesOf, rounded, withResult } from './overhead';

function comparison(bytes: number): Comparison {
  const side = { spins: 600, cpu_ms_per_spin: 3, p50_ms: 7, p95_ms: 15, saturated_per_s: 700 };
  return {
    off: { ...side, bytes_per_spin: 0 },
    on: { ...side, bytes_per_spin: bytes },
    added_cpu_ms: 2,
    added_p50_ms: 1,
    saturated_ratio: 0.8,
  };
}

function view(change: Partial<Overhead>): Overhead {
  return {
    running: false,
    done: 0,
    total: 14,
    sample_rate: 1,
    spins: 600,
    concurrency: 16,
    result: null,
    failed: null,
    ...change,
  };
}

const NOTHING: Measured = { byRate: new Map(), last: null };

describe('what was measured of the overhead', () => {
  it('belongs to the share that it was asked for', () => {
    const all = withResult(NOTHING, view({ result: comparison(36_000) }));
    expect([...all.byRate.keys()]).toEqual([1]);
    const tenth = view({ result: comparison(4_000), sample_rate: 0.10000000149 });
    const both = withResult(all, tenth);
    expect([...both.byRate].map(([rate, { on }]) => [rate, on.bytes_per_spin])).toEqual([
      [1, 36_000],
      [0.1, 4_000],
    ]);
  });

  it('is not of another share because that one was begun, cancelled or failed', () => {
    const result = comparison(36_000);
    const all = withResult(NOTHING, view({ result }));
    for (const later of [
      view({ result, running: true, sample_rate: 0.1 }),
      view({ result, sample_rate: 0.1 }),
      view({ result, sample_rate: 0.1, failed: 'the collector does not keep up' }),
    ])
      expect([...withResult(all, later).byRate.keys()]).toEqual([1]);
  });

  it('is of no known share where a page comes to it while the next one runs', () => {
    const result = comparison(36_000);
    const met = withResult(NOTHING, view({ result, running: true, sample_rate: 0.1 }));
    const cancelled = withResult(met, view({ result, sample_rate: 0.1 }));
    expect([met.byRate.size, cancelled.byRate.size]).toEqual([0, 0]);
    const ended = withResult(met, view({ result: comparison(4_000), sample_rate: 0.1 }));
    expect([...ended.byRate.keys()]).toEqual([0.1]);
  });

  it('is nothing before the first', () => expect(withResult(NOTHING, view({}))).toBe(NOTHING));
});

describe('shares of traces', () => {
  it('are the usual ones and those that were measured', () => {
    expect(ratesOf([])).toEqual([0.01, 0.1, 0.25, 0.5, 1]);
    expect(ratesOf([0.3, 1])).toEqual([0.01, 0.1, 0.25, 0.3, 0.5, 1]);
    expect(rounded(0.10000000149)).toBe(0.1);
  });

  it('have their bytes, of measured ones only', () => {
    const measured = new Map([
      [1, comparison(36_000)],
      [0.1, comparison(3_600)],
    ]);
    expect(bytesByRate(measured)).toEqual([
      { rate: 0.1, bytes: 3_600, width: 10 },
      { rate: 1, bytes: 36_000, width: 100 },
    ]);
    expect(bytesByRate(new Map())).toEqual([]);
    expect(bytesByRate(new Map([[0.01, comparison(0)]]))[0]?.width).toBe(0);
  });
});
