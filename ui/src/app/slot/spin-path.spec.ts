import { micros } from '../core/api/micros';
import { ServiceShare, TraceSummary } from '../core/api/schema';
import { spanOf } from '../testing/any-spans';
import { layoutOf } from '../traces/layout';
import { SHARE, TRACE } from '../testing/replies';
import { SLOW, Station, isSlow, isWhole, longestOf, pathOf } from './spin-path';

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
  it('is dark before, and begins at the page', () => {
    expect(states(pathOf(null, null, false))).toBe('dark dark dark dark dark dark');
    expect(states(pathOf(null, null, true))).toBe('asked dark dark dark dark dark');
  });

  it('lights up as the services tell', () => {
    const told = summaryOf(share('user-service', 512_000), share('payment-service', 2_000));
    expect(states(pathOf(told, null, true))).toBe('asked dark passed dark passed dark');
    expect(pathOf(told, null, true)[2]?.time).toBe(512_000);
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

  it('has a bottleneck only where its longest part is slow', () => {
    const stationOf = (time: number | null): Station => ({
      name: 'frontend',
      state: 'passed',
      time: time === null ? null : micros(time),
      share: 0.86,
    });
    // A spin without problems on a busy page: the page takes most of the time.
    expect(
      [null, 128_000, SLOW - 1, SLOW, 3_900_000].map((time) => isSlow(stationOf(time))),
    ).toEqual([false, false, false, true, true]);
  });

  it('is whole with the envelope of the page', () => {
    expect(isWhole(summaryOf())).toBe(true);
    expect(isWhole({ ...summaryOf(), service: 'api-gateway' })).toBe(false);
    expect(isWhole({ ...summaryOf(), oddities: ['missing_root'] })).toBe(false);
  });

  it('has no longest part before that', () =>
    expect(longestOf(pathOf(summaryOf(share('user-service', 9)), null, true))).toBeNull());
});
