import fc from 'fast-check';

import { micros } from '../../core/api/micros';
import { Reading, queryOf, readingOf } from './trace-address';

// An id may contain any text, because the sender chooses it.
const keys = fc
  .uniqueArray(
    fc.oneof(
      fc.stringMatching(/^[0-9a-f]{4}(~1)?$/),
      fc.string({
        unit: fc.constantFrom('a', ',', '%', '2', 'C', '*', '~', '&', 'é'),
        minLength: 1,
      }),
    ),
  )
  .map((list) => new Set(list));
const anyReading: fc.Arbitrary<Reading> = fc.record({
  span: fc.stringMatching(/^[0-9a-f]{0,8}$/),
  view: fc.option(
    fc
      .tuple(fc.nat(), fc.integer({ min: 1, max: 1_000_000 }))
      .map(([from, width]) => ({ from: micros(from), to: micros(from + width) })),
  ),
  folding: fc.record({ all: fc.boolean(), except: keys, groups: fc.boolean(), opened: keys }),
  gaps: fc.boolean(),
  critical: fc.boolean(),
});

describe('the address of a trace', () => {
  it('leads back to what was read', () => {
    fc.assert(
      fc.property(anyReading, (reading) => {
        const query = new URLSearchParams(queryOf(reading));
        expect(readingOf(new URLSearchParams(query.toString()))).toEqual(reading);
      }),
    );
  });
  it('says nothing of a trace that was only opened', () => {
    const values = Object.values(queryOf(readingOf(new URLSearchParams())));
    expect(values.every((value) => value === '')).toBe(true);
  });
  it('has an end', () => {
    const except = new Set(Array.from({ length: 5_000 }, (_, number) => `span${number}`));
    const reading = readingOf(new URLSearchParams());
    const query = queryOf({ ...reading, folding: { ...reading.folding, except } });
    expect(new URLSearchParams(query).toString().length).toBeLessThan(2_000);
  });
});
