import { EnvelopeState, EnvelopeSummary } from '../core/api/schema';
import { newer, updated, withOlder } from './envelope-rows';

const row = (seq: number, state: EnvelopeState = 'held'): EnvelopeSummary => ({
  seq,
  slot: 'frontend',
  received_at: seq,
  bytes: 1,
  categories: [],
  state,
});
const seqs = (rows: readonly EnvelopeSummary[]): number[] => rows.map(({ seq }) => seq);

describe('the rows of envelopes', () => {
  it('go on below the last one, and list nothing twice', () => {
    expect(seqs(withOlder([row(9), row(8)], [row(8), row(7), row(5)]))).toEqual([9, 8, 7, 5]);
    expect(seqs(withOlder([], [row(3), row(2)]))).toEqual([3, 2]);
  });

  it('stay where they are while their states change', () => {
    const rows = updated([row(3), row(2), row(1)], [row(4), row(3, 'delivered'), row(2, 'dead')]);
    expect(rows.map(({ seq, state }) => `${seq} ${state}`)).toEqual([
      '3 delivered',
      '2 dead',
      '1 held',
    ]);
  });

  it('know how many have come since', () => {
    expect(newer([row(3)], [row(5), row(4), row(3)])).toBe(2);
    expect(newer([row(3)], [row(3)])).toBe(0);
    expect(newer([], [row(3)])).toBe(1);
  });
});
