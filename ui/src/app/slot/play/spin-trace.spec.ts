import { close, getActiveSpan, getClient, init, spanToJSON } from '@sentry/angular';

import { NoAnswer, ApiProblem } from '../../core/api/api-problem';
import { SpinResult } from '../../core/api/schema';
import { SpinTraces, statusOf } from './spin-trace';

describe('the status of a failed spin', () => {
  const check = (error: unknown, expected: string): void => expect(statusOf(error)).toBe(expected);
  const answer = (status: number): ApiProblem => new ApiProblem({ status, code: 'x' });

  it('is the word that Sentry has for the answer', () => {
    check(new NoAnswer(), 'unavailable');
    check(answer(402), 'invalid_argument');
    check(answer(429), 'resource_exhausted');
    check(answer(502), 'internal_error');
    check(answer(504), 'deadline_exceeded');
    check(new TypeError(), 'internal_error');
  });
});

describe('the trace of a spin', () => {
  beforeEach(() => {
    init({
      dsn: 'https://0123456789abcdef0123456789abcdef@sentry.invalid/1',
      defaultIntegrations: false,
      tracesSampleRate: 1,
      transport: () => ({ send: async () => ({}), flush: async () => true }),
    });
  });
  afterEach(() => close());

  it('has what is asked for, and nothing that is begun while the answer is awaited', async () => {
    const trace = new SpinTraces().begin(1000, 'RUB');
    let answer: (reply: string) => void = () => undefined;
    const asked = trace.during(() => {
      expect(getActiveSpan()?.spanContext().traceId).toBe(trace.id);
      return new Promise<string>((resolve) => (answer = resolve));
    });
    expect(getActiveSpan()).toBeUndefined();
    answer('an answer');
    expect(await asked).toBe('an answer');
  });

  it('tells what was won as soon as it is drawn, and nothing of a stake that came back', () => {
    const measured: unknown[] = [];
    const client = getClient();
    client?.on('spanEnd', (span) => measured.push(spanToJSON(span).attributes['payout']));
    for (const status of ['posted', 'pending', 'voided'] as const) {
      const reply = {
        round_id: status,
        status,
        stake: 1000,
        payout: 4500,
        replayed: false,
        currency: 'RUB',
      };
      new SpinTraces().begin(1000, 'RUB').answered(reply as unknown as SpinResult);
    }
    expect(measured).toEqual([45, 45, undefined]);
  });

  it('measures nothing of an answer that is repeated: the round was counted when it was drawn', () => {
    const measured: unknown[] = [];
    getClient()?.on('spanEnd', (span) => measured.push(spanToJSON(span).attributes['payout']));
    for (let ask = 0; ask < 10; ask += 1) {
      const reply = { status: 'posted', stake: 1000, payout: 4500, currency: 'RUB' };
      new SpinTraces()
        .begin(1000, 'RUB')
        .answered({ ...reply, replayed: ask > 0 } as unknown as SpinResult);
    }
    expect(measured.filter((payout) => payout !== undefined)).toEqual([45]);
  });

  it('has no RTP of a round that was spun again: its board was known before', () => {
    const measured: unknown[] = [];
    getClient()?.on('spanEnd', (span) => {
      const { attributes } = spanToJSON(span);
      measured.push([attributes['payout'], attributes['rtp'], attributes['rtp_running']]);
    });
    for (const same_seed_as of [undefined, 'r1']) {
      const reply = { status: 'posted', stake: 1000, payout: 4500, currency: 'RUB', same_seed_as };
      new SpinTraces().begin(1000, 'RUB').answered(reply as unknown as SpinResult);
    }
    expect(measured).toEqual([
      [45, 450, 450],
      [45, undefined, undefined],
    ]);
  });
});
