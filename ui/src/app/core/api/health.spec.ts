import { TestBed } from '@angular/core/testing';

import { StreamDouble } from '../../testing/stream-double';
import { Connection } from './connection';
import { Gateway } from './gateway';
import { Health } from './health';
import { NoAnswer, ApiProblem } from './api-problem';
import { TelemetryStream } from './telemetry-stream';
import { StackHealth } from './schema';

const reply = (over: Partial<StackHealth> = {}): StackHealth => ({
  status: 'ok',
  release: '1.0.0',
  services: { 'user-service': 'ok' },
  seeding: { done: 10, total: 10 },
  ...over,
});

describe('the health that is shown', () => {
  const gateway = { health: vi.fn(), paytable: vi.fn() };
  let health: Health;
  let stream: StreamDouble;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    stream = new StreamDouble();
    TestBed.configureTestingModule({
      providers: [
        { provide: Gateway, useValue: gateway },
        { provide: TelemetryStream, useValue: stream },
      ],
    });
    health = TestBed.inject(Health);
  });
  afterEach(() => vi.useRealTimers());

  it('is not that of before once nobody answers, until somebody does', async () => {
    gateway.health.mockResolvedValueOnce(reply({ seeding: { done: 1, total: 10 } }));
    await health.watch();
    expect([health.healthy(), health.seeding()?.done]).toEqual([true, 1]);

    gateway.health.mockRejectedValueOnce(new NoAnswer());
    await vi.advanceTimersByTimeAsync(1000);
    expect([health.healthy(), health.seeding()]).toEqual([false, null]);
    expect(TestBed.inject(Connection).lost()).toBe(true);

    gateway.health.mockResolvedValueOnce(reply({ release: '1.1.0' }));
    await vi.advanceTimersByTimeAsync(1000);
    expect([health.healthy(), health.release()]).toEqual([true, '1.1.0']);
    expect(TestBed.inject(Connection).lost()).toBe(false);
    // While everything is well, the page sends no requests.
    await vi.advanceTimersByTimeAsync(60_000);
    expect(gateway.health).toHaveBeenCalledTimes(3);
  });

  it('is asked for as soon as the stream has broken, and when it is open again', async () => {
    gateway.health.mockResolvedValue(reply());
    const connection = TestBed.inject(Connection);
    TestBed.tick();
    for (const live of [false, true]) {
      stream.live.set(live);
      TestBed.tick();
      await vi.advanceTimersByTimeAsync(0);
      expect(connection.lost()).toBe(!live);
    }
    expect(gateway.health).toHaveBeenCalledTimes(2);
  });

  it('is asked for until it is well again', async () => {
    gateway.health.mockResolvedValue(
      reply({ status: 'degraded', services: { 'payment-service': 'disk_full' } }),
    );
    await health.watch();
    await vi.advanceTimersByTimeAsync(3000);
    expect([health.healthy(), health.down()]).toEqual([false, ['payment-service']]);
    expect(gateway.health).toHaveBeenCalledTimes(4);
  });

  it('lets no older answer follow a newer one', async () => {
    let late: (reply: StackHealth) => void = () => undefined;
    gateway.health.mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
    const first = health.watch();
    gateway.health.mockResolvedValueOnce(reply({ release: '1.1.0' }));
    await health.watch();
    late(reply({ status: 'degraded' }));
    await first;
    expect([health.healthy(), health.release()]).toEqual([true, '1.1.0']);
  });

  it('is asked for until it is known after a failure, whatever an older question was answered', async () => {
    let late: (reply: StackHealth) => void = () => undefined;
    gateway.health.mockReturnValueOnce(new Promise((resolve) => (late = resolve)));
    const first = health.watch();
    gateway.health.mockRejectedValueOnce(new NoAnswer());
    await health.watch();
    late(reply());
    await first;
    expect([health.healthy(), health.unanswered()]).toEqual([false, true]);
    gateway.health.mockResolvedValueOnce(reply({ release: '1.1.0' }));
    await vi.advanceTimersByTimeAsync(1000);
    expect([health.healthy(), health.release()]).toEqual([true, '1.1.0']);
  });

  it('says that a gateway of another start does not know this window, and asks no more', async () => {
    gateway.health.mockResolvedValue(reply({ status: 'degraded' }));
    gateway.paytable.mockResolvedValue({});
    await health.askWhetherKnown();
    expect(health.lockedOut()).toBe(false);
    gateway.paytable.mockRejectedValue(
      new ApiProblem({ status: 401, code: 'launch_token_required' }),
    );
    await health.askWhetherKnown();
    await health.watch();
    expect(health.lockedOut()).toBe(true);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(gateway.health).toHaveBeenCalledTimes(1);
  });
});
