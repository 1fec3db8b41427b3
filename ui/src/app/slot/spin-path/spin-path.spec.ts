import { micros } from '../../core/api/micros';
import { ServiceShare, TraceSummary } from '../../core/api/schema';
import { spanOf } from '../../testing/any-spans';
import { layoutOf } from '../../traces/tree/layout';
import { SHARE, TRACE } from '../../testing/replies';
import { compared, isWhole, longestOf, measuredPath, pathOf } from './spin-path';

function share(service: string, own: number, waiting = 0): ServiceShare {
  return {
    ...SHARE,
    service,
    transactions: 1,
    errors: 0,
    own_us: micros(own),
    waiting_us: micros(waiting),
  };
}
function summaryOf(...services: ServiceShare[]): TraceSummary {
  return {
    ...TRACE,
    trace_id: 't',
    name: 'slot-machine-spin',
    op: '',
    service: 'frontend',
    first_envelope: 1,
    start_us: micros(1),
    duration_us: micros(1),
    root_us: micros(1),
    spans: 1,
    transactions: 1,
    errors: 0,
    logs: 0,
    status: 'ok',
    ok: true,
    measurements: {},
    problems: [],
    virtual_player: false,
    services,
    external: [],
    oddities: [],
  };
}
const states = (stations: ReturnType<typeof pathOf>): string =>
  stations.map(({ state }) => state).join(' ');
const PROVIDER = {
  service: 'payment-service',
  op: 'http.client',
  data: { 'peer.service': 'payment-provider' },
};

describe('the path of a spin', () => {
  it('is dark before, and waits for the first service', () => {
    expect(states(pathOf(null, null, false))).toBe('dark dark dark dark dark dark');
    expect(states(pathOf(null, null, true))).toBe('asked asked waiting dark dark dark');
  });

  it('waits for the next station once one has answered, and shows none as passed that has not', () => {
    const user = share('user-service', 512_000);
    // The balance and the reservation are answered before the settlement.
    const payment = share('payment-service', 2_000);
    const game = share('game-engine', 287_000);
    const told = pathOf(summaryOf(user, payment), null, true);
    expect(states(told)).toBe('asked asked passed waiting dark dark');
    expect(told.map(({ time }) => time)).toEqual([null, null, 512_000, null, null, null]);
    expect(states(pathOf(summaryOf(user, payment, game), null, true))).toBe(
      'asked asked passed passed asked waiting',
    );
    // The gateway has answered, so nothing is waited for.
    const gateway = share('api-gateway', 3_000);
    expect(states(pathOf(summaryOf(gateway, user, payment, game), null, true))).toBe(
      'asked passed passed passed passed dark',
    );
  });

  it('lights up as the services tell', () => {
    const waited = {
      ...summaryOf(share('payment-service', 2_000, 4_000_000)),
      // While envelopes are missing, a call to a service of the stack counts as external too.
      external: [
        { peer: 'payment-service', waiting_us: micros(4_100_000) },
        { peer: 'payment-provider', waiting_us: micros(3_900_000) },
      ],
    };
    expect(pathOf(waited, null, true)[5]).toMatchObject({ state: 'passed', time: 3_900_000 });
  });

  it('names the longest part with its share once the trace is whole', () => {
    const layout = layoutOf({
      spans: [
        spanOf('r', null, 1, 101, { service: 'frontend' }),
        spanOf('p', 'r', 11, 101, { service: 'payment-service' }),
        spanOf('out', 'p', 20, 101, PROVIDER),
      ],
      errors: [],
      logs: [],
    });
    const stations = pathOf(null, layout, false);
    expect(states(stations)).toBe('passed dark dark dark passed passed');
    expect(longestOf(stations)).toMatchObject({
      name: 'payment-provider',
      time: 81,
      share: 0.81,
    });
  });

  it('has a mark where it failed, and none where that was only passed on', () => {
    const failed = { status: 'internal_error' };
    const layout = layoutOf({
      spans: [
        spanOf('r', null, 1, 101, { service: 'frontend', ...failed }),
        spanOf('p', 'r', 11, 101, { service: 'payment-service', ...failed }),
        spanOf('out', 'p', 20, 101, { ...PROVIDER, ...failed }),
      ],
      errors: [],
      logs: [],
    });
    expect(states(pathOf(null, layout, false))).toBe('passed dark dark dark passed failed');
  });

  it('takes as long as its root', () => {
    const layout = layoutOf({
      spans: [spanOf('r', null, 1, 101, { service: 'frontend' })],
      errors: [],
      logs: [],
    });
    expect(measuredPath(layout).total).toBe(100);
  });

  it('is compared with the same round before', () => {
    const of = (before: number, after: number): ReturnType<typeof compared> =>
      compared(micros(before), micros(after));
    expect(of(4_000_000, 66_000).what).toBe('faster');
    expect(of(4_000_000, 66_000).times).toBeCloseTo(60.6, 1);
    expect(of(1_000_000, 4_000_000)).toEqual({ what: 'slower', times: 4 });
    expect(of(1_000_000, 1_050_000).what).toBe('alike');
    expect(of(3_000_000, 2_850_000).what).toBe('alike');
    expect(of(47_000, 66_000).what).toBe('alike');
    expect(of(0, 0).times).toBeGreaterThan(0);
  });

  it('is whole with the envelope of the page', () => {
    expect(isWhole(summaryOf())).toBe(true);
    expect(isWhole({ ...summaryOf(), service: 'api-gateway' })).toBe(false);
    expect(isWhole({ ...summaryOf(), oddities: ['missing_root'] })).toBe(false);
  });

  it('has no longest part before that', () =>
    expect(longestOf(pathOf(summaryOf(share('user-service', 9)), null, true))).toBeNull());
});
