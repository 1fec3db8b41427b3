import { TestBed } from '@angular/core/testing';

import { micros } from '../../core/api/micros';
import { TraceSummary } from '../../core/api/schema';
import { Address } from '../../core/ui/address';
import { comparePath } from '../../core/ui/trace-place';
import { ComparePick } from './compare-pick';

const trace = (id: string, first_envelope: number, start: number): TraceSummary =>
  ({
    trace_id: id,
    first_envelope,
    start_us: micros(start),
  }) as Partial<TraceSummary> as TraceSummary;

describe('two traces that are picked', () => {
  it('are compared as they arrived, though the clock was set back between them', () => {
    const go = vi.fn();
    TestBed.configureTestingModule({ providers: [{ provide: Address, useValue: { go } }] });
    const pick = TestBed.inject(ComparePick);
    const [before, after] = [trace('a', 1, 7_200_000_000), trace('b', 2, 5)];
    for (const [one, other] of [
      [before, after],
      [after, before],
    ] as const) {
      pick.pick(one);
      pick.pick(other);
      expect(go).toHaveBeenLastCalledWith(comparePath('a', 'b'));
    }
  });
});
