import { Span } from '../../core/api/schema';
import { spanOf } from '../../testing/any-spans';
import { layoutOf } from '../../traces/tree/layout';
import { reasonsOf } from './explain';

const S = 1_000_000;
const PROVIDER: Partial<Span> = {
  service: 'payment-service',
  op: 'http.client',
  data: { 'peer.service': 'payment-provider' },
};
/** A spin whose parts take these times, in seconds. */
function spin({ user = 0, game = 0, provider = 0, own = 0.01 }): ReturnType<typeof layoutOf> {
  const starts = [0, user, user + game, user + game + provider].map((at) => 1 + at * S);
  const [a = 0, b = 0, c = 0, d = 0] = starts;
  return layoutOf({
    spans: [
      spanOf('r', null, 1, d + own * S, { service: 'frontend' }),
      spanOf('q', 'r', a, b, { service: 'user-service', data: { 'db.rows_scanned': 100_000 } }),
      spanOf('g', 'r', b, c, { service: 'game-engine' }),
      spanOf('p', 'r', c, d, PROVIDER),
    ],
    errors: [],
    logs: [],
  });
}
const problems = ['missing-index', 'slow-rng', 'slow-provider'];

describe('the explanation of a spin', () => {
  it('names the two largest parts with their problems', () => {
    const reasons = reasonsOf(spin({ user: 1.3, game: 0.4, provider: 4 }), { problems });
    expect(reasons.map(({ station, problem }) => [station, problem])).toEqual([
      ['payment-provider', 'slow-provider'],
      ['user-service', 'missing-index'],
    ]);
    expect(reasons[0]?.share).toBeCloseTo(0.7, 2);
    expect(reasons[1]?.scanned).toBe(100_000);
  });

  it('blames no problem that was not on', () => {
    const [reason] = reasonsOf(spin({ provider: 4 }), { problems: ['missing-index'] });
    expect(reason).toMatchObject({ station: 'payment-provider', problem: null });
  });

  it('explains a fast spin only if a problem took a part of it', () => {
    expect(reasonsOf(spin({ own: 0.066 }), { problems })).toEqual([]);
    expect(reasonsOf(spin({ game: 0.287, own: 0.06 }), { problems: [] })).toEqual([]);
    const [reason] = reasonsOf(spin({ game: 0.287, own: 0.06 }), { problems });
    expect(reason).toMatchObject({ station: 'game-engine', problem: 'slow-rng' });
  });

  it('leaves out what is short', () => {
    const reasons = reasonsOf(spin({ user: 0.04, provider: 4 }), { problems });
    expect(reasons.map(({ station }) => station)).toEqual(['payment-provider']);
  });

  it('names a problem rather than a larger part that none explains', () => {
    const reasons = reasonsOf(spin({ user: 0.35, provider: 4, own: 0.6 }), { problems });
    expect(reasons.map(({ station }) => station)).toEqual(['payment-provider', 'user-service']);
  });
});
