import { Delivery } from '../core/api/schema';
import { DELIVERY } from '../testing/replies';
import { isTroubled } from './is-troubled';

const state = (more: Partial<Delivery>): Delivery => ({
  ...DELIVERY,
  captured: 1,
  delivered: 1,
  held: 0,
  dead: 0,
  held_by_reason: {},
  dead_by_reason: {},
  sending: true,
  destinations: [{ dsn: 'https://0123…@sentry.example/7' }],
  rate_limits: [],
  last_error: { code: 'dns', detail: '', destination: '', at: 1 },
  notices: [],
  ...more,
});

describe('trouble with delivery', () => {
  it('is there while something waits for it to end, and not because something once failed', () => {
    const waits = [{ dsn: 'x', next_attempt_at: 2 }];
    const limited = [{ destination: 'x', category: 'all', until: 2 }];
    expect(isTroubled(state({}))).toBe(false);
    expect(isTroubled(state({ destinations: waits }))).toBe(true);
    expect(isTroubled(state({ rate_limits: limited }))).toBe(true);
  });
});
