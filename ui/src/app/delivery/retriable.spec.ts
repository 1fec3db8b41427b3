import { retriable } from './retriable';

describe('what is sent again when all is', () => {
  it('is what Sentry refused, and not what was given up or would be dropped', () => {
    expect(retriable({ unauthorized: 3, evicted: 1, discarded: 5, too_old: 7, damaged: 2 })).toBe(
      4,
    );
    expect(retriable({ discarded: 5 })).toBe(0);
    expect(retriable(undefined)).toBe(0);
  });
});
