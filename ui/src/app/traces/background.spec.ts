import { micros } from '../core/micros';
import { formatsFor } from '../core/money';
import { spanOf, treeOf } from './any-spans';
import { backgroundIn, backgroundOf, backgroundWords } from './background';

const trace = (
  whole: number,
  root: number,
  ...oddities: string[]
): Parameters<typeof backgroundOf>[0] => ({
  duration_us: micros(whole),
  root_us: micros(root),
  oddities,
});

describe('the time of a trace in the background', () => {
  it('is what goes on after the root', () => {
    expect(backgroundOf(trace(4_000_000, 100_000))).toBe(3_900_000);
    expect(backgroundOf(trace(4_000_000, 100_000, 'clock_skew'))).toBe(3_900_000);
  });

  it('is none where only the clocks differ, and where the root outlasts everything', () => {
    expect(backgroundOf(trace(100_999, 100_000))).toBe(0);
    expect(backgroundOf(trace(100_000, 100_000))).toBe(0);
    expect(backgroundOf(trace(90_000, 100_000))).toBe(0);
  });

  it('is what its spans say, where they are known', () => {
    const root = spanOf('r', null, 200_000, 300_000, { transaction: true });
    const early = spanOf('e', 'r', 1, 250_000);
    const settled = spanOf('s', 'r', 290_000, 4_200_000, { transaction: true });
    expect(backgroundIn(treeOf(root, settled))).toBe(3_900_000);
    expect(backgroundIn(treeOf(early, root))).toBe(0);
    // An orphan is no root that anybody waited for.
    expect(backgroundIn(treeOf(settled))).toBe(0);
  });

  it('is not known while the root is missing', () => {
    expect(backgroundOf(trace(4_000_000, 100_000, 'missing_root'))).toBe(0);
    expect(backgroundOf(trace(4_000_000, 0, 'no_spans'))).toBe(0);
  });

  it('is told only where there is some', () => {
    const say = (key: string, params: object = {}): string => key + JSON.stringify(params);
    const words = (time: number): string => backgroundWords(micros(time), say, formatsFor('en'));
    expect(words(3_900_000)).toBe('viewer.trace.background{"time":"3.90\u00a0s"}');
    expect(words(0)).toBe('');
  });
});
