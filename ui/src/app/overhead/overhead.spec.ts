import { Comparison } from '../core/api/schema';
import { bytesByRate, ratesOf, rounded, withResult } from './overhead';

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

describe('what was measured of the overhead', () => {
  const of = (sample_rate: number, bytes: number) => ({
    ...comparison(bytes),
    sample_rate,
    at: 1_764_000_000_000,
  });

  it('belongs to the share that its result names, the newest last', () => {
    const all = withResult(new Map(), { result: of(1, 36_000) });
    const both = withResult(all, { result: of(0.10000000149, 4_000) });
    const again = withResult(both, { result: of(1, 35_000) });
    expect([...again].map(([rate, { on }]) => [rate, on.bytes_per_spin])).toEqual([
      [0.1, 4_000],
      [1, 35_000],
    ]);
  });

  it('is as it was where there is no result, or the same one once more', () => {
    const all = withResult(new Map(), { result: of(1, 36_000) });
    expect(withResult(all, { result: null })).toBe(all);
    expect(withResult(all, { result: of(1, 36_000) })).toBe(all);
  });
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
