import { micros } from '../core/api/micros';
import { TraceSummary } from '../core/api/schema';
import { TRACE } from '../testing/replies';
import { SpinMoney, spinOf, totalsOf, withSpins } from './spin-money';

const trace = (more: Partial<TraceSummary> = {}): TraceSummary => ({
  ...TRACE,
  trace_id: 'a',
  name: 'slot-machine-spin',
  op: 'ui.action',
  service: 'frontend',
  first_envelope: 1,
  start_us: micros(1),
  duration_us: micros(1),
  root_us: micros(1),
  spans: 26,
  transactions: 7,
  errors: 0,
  logs: 0,
  status: 'ok',
  ok: true,
  release: '1.0.0',
  currency: 'RUB',
  measurements: {
    stake: { value: 10, unit: 'none' },
    payout: { value: 45.1, unit: 'none' },
    rtp: { value: 451, unit: 'percent' },
  },
  problems: [],
  virtual_player: false,
  services: [],
  external: [],
  oddities: [],
  ...more,
});

const inOrder = (traces: TraceSummary[]): SpinMoney[] =>
  withSpins([], new Map(traces.map((each) => [each.trace_id, each])));

describe('the money of a spin', () => {
  it('is what the root measured', () =>
    expect(spinOf(trace())).toEqual({
      traceId: 'a',
      arrived: 1,
      at: 1,
      stake: 1000,
      payout: 4510,
      failed: false,
      byChance: true,
      release: '1.0.0',
      name: 'slot-machine-spin',
      currency: 'RUB',
    }));

  it('is lost when the root failed: what was drawn was not paid', () => {
    const failed = spinOf(trace({ status: 'deadline_exceeded', ok: false, errors: 1 }));
    expect([failed?.failed, failed?.stake, failed?.payout]).toEqual([true, 1000, 0]);
  });

  it('is lost when the round was voided behind a good answer', () => {
    const voided = spinOf(
      trace({
        status: 'error',
        ok: false,
        errors: 1,
        measurements: {
          stake: { value: 12, unit: 'none' },
          payout: { value: 45.1, unit: 'none' },
          failed_stake: { value: 10, unit: 'none' },
        },
      }),
    );
    expect([voided?.failed, voided?.stake, voided?.payout]).toEqual([true, 1000, 0]);
    const settled = trace().measurements;
    const none = { ...settled, failed_stake: { value: 0, unit: 'none' } };
    expect(spinOf(trace({ measurements: none }))?.failed).toBe(false);
  });

  it('is lost when the spin failed before anything was drawn', () => {
    const measurements = { failed_stake: { value: 10, unit: 'none' } };
    const failed = spinOf(trace({ status: 'unavailable', ok: false, measurements }));
    expect([failed?.failed, failed?.stake]).toEqual([true, 1000]);
  });

  it('is earned when an error on the way was mended', () =>
    expect(spinOf(trace({ status: 'error', ok: false, errors: 1 }))?.failed).toBe(false));

  it('waits for the root, and is nothing of other traces', () => {
    expect(spinOf(trace({ oddities: ['missing_root'] }))).toBeNull();
    expect(spinOf(trace({ measurements: {} }))).toBeNull();
  });
});

describe('the money of other currencies', () => {
  it('has their own minor units', () => {
    const check = (currency: string, stake: number, payout: number): void => {
      const spin = spinOf(trace({ currency }));
      expect([currency, spin?.stake, spin?.payout]).toEqual([currency, stake, payout]);
    };
    check('RUB', 1_000, 4_510);
    check('JPY', 10, 45);
    check('KWD', 10_000, 45_100);
    // A trace may contain any currency.
    check('roubles', 1_000, 4_510);
  });
});

describe('the money of many spins', () => {
  it('is observed as RTP only of rounds that were drawn by chance', () => {
    const { stake, payout } = trace().measurements;
    const again = { ...(stake && { stake }), ...(payout && { payout }) };
    const totals = totalsOf(inOrder([trace(), trace({ trace_id: 'b', measurements: again })]));
    expect([totals.settled, totals.staked, totals.paid]).toEqual([2, 2000, 9020]);
    expect(totals.byChance).toEqual({ spins: 1, staked: 1000, paid: 4510, squares: 1_000_000 });
  });

  it('has each trace once, as it was told last, as they arrived', () => {
    const spins = inOrder([
      trace({ trace_id: 'b', first_envelope: 2 }),
      trace(),
      trace({ status: 'deadline_exceeded', ok: false }),
    ]);
    expect(spins.map(({ traceId, failed }) => [traceId, failed])).toEqual([
      ['a', true],
      ['b', false],
    ]);
    // A trace that has grown keeps its place.
    const grown = withSpins(spins, new Map([['a', trace({ first_envelope: 1 })]]));
    expect(grown.map(({ traceId, failed }) => [traceId, failed])).toEqual([
      ['a', false],
      ['b', false],
    ]);
    const totals = totalsOf(spins);
    expect(totals).toEqual({
      settled: 1,
      staked: 1000,
      paid: 4510,
      ggr: -3510,
      failed: 1,
      failedStake: 1000,
      byChance: { spins: 1, staked: 1000, paid: 4510, squares: 1_000_000 },
    });
  });
});
