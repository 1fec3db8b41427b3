import { comparePath, placeAt, tracePath } from './trace-place';

describe('an address of the traces', () => {
  it('leads back to what it was made for', () => {
    expect(placeAt('/traces')).toEqual({ what: 'list' });
    expect(placeAt(tracePath('ab'))).toEqual({ what: 'trace', id: 'ab' });
    expect(placeAt(comparePath('ab', 'cd'))).toEqual({
      what: 'compare',
      before: 'ab',
      after: 'cd',
    });
  });
  it('is the trace where the other one is missing', () =>
    expect(placeAt('/traces/ab/with')).toEqual({ what: 'trace', id: 'ab' }));
});
