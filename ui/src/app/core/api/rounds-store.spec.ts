import { TestBed } from '@angular/core/testing';

import { Gateway } from './gateway';
import { NoAnswer } from './api-problem';
import { RoundsStore } from './rounds-store';
import { BetStatus, RoundSummary } from './schema';

const PLAYER = {
  player_id: 'p',
  account_code: 'RS-000001',
  display_name: 'Anna',
  currency: 'RUB',
  balance: 100_000,
  reserved: 0,
  limits: { min_stake: 100, max_stake: 50_000, stake_step: 10 },
};

function answer(status: BetStatus, id = 'r1'): { rounds: RoundSummary[] } {
  return {
    rounds: [
      {
        round_id: id,
        stake: 1000,
        payout: 0,
        currency: 'RUB',
        status,
        created_at: '2026-01-01T00:00:00Z',
      },
    ],
  };
}

describe('the last rounds', () => {
  const gateway = { openSession: vi.fn(), rounds: vi.fn() };
  let store: RoundsStore;

  beforeEach(() => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    gateway.openSession.mockResolvedValue({ token: 't', player: PLAYER });
    TestBed.configureTestingModule({
      providers: [{ provide: Gateway, useValue: gateway }],
    });
    store = TestBed.inject(RoundsStore);
  });
  afterEach(() => vi.useRealTimers());

  it('are asked for once when none is pending', async () => {
    gateway.rounds.mockResolvedValue(answer('posted'));
    await store.refresh();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(gateway.rounds).toHaveBeenCalledTimes(1);
  });

  it('are all that the gateway gives, and known to be cut where there may be more', async () => {
    const many = (count: number): { rounds: RoundSummary[] } => ({
      rounds: Array.from({ length: count }, (_, number) => answer('posted', `r${number}`)).flatMap(
        ({ rounds }) => rounds,
      ),
    });
    gateway.rounds.mockResolvedValue(many(49));
    await store.refresh();
    expect(gateway.rounds).toHaveBeenLastCalledWith('t', 50);
    expect([store.rounds().length, store.cut()]).toEqual([49, false]);
    gateway.rounds.mockResolvedValue(many(50));
    await store.refresh();
    expect([store.rounds().length, store.cut()]).toEqual([50, true]);
  });

  it('are looked at again, ever more slowly, until the pending one is settled', async () => {
    gateway.rounds.mockResolvedValue(answer('pending'));
    const asked: number[] = [];
    const startedAt = Date.now();
    gateway.rounds.mockImplementation(() => {
      asked.push(Date.now() - startedAt);
      return Promise.resolve(answer(asked.length < 7 ? 'pending' : 'posted'));
    });
    await store.refresh();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(asked).toEqual([0, 1_000, 3_000, 7_000, 15_000, 30_000, 45_000]);
    expect(store.rounds()[0]?.status).toBe('posted');
  });

  it.each(['reserved', 'pending'] as const)(
    'that are %s are looked at until they are settled, however long that takes',
    async (status) => {
      gateway.rounds.mockResolvedValue(answer(status));
      await store.refresh();
      await vi.advanceTimersByTimeAsync(3_600_000);
      gateway.rounds.mockResolvedValue(answer('posted'));
      await vi.advanceTimersByTimeAsync(15_000);
      expect(store.rounds()[0]?.status).toBe('posted');
      const looks = gateway.rounds.mock.calls.length;
      await vi.advanceTimersByTimeAsync(3_600_000);
      expect(gateway.rounds).toHaveBeenCalledTimes(looks);
    },
  );

  it('are looked at again although a look in between fails', async () => {
    gateway.rounds
      .mockResolvedValueOnce(answer('pending'))
      .mockRejectedValueOnce(new NoAnswer())
      .mockResolvedValue(answer('voided'));
    await store.refresh();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(store.failed()).toBe(true);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(store.failed()).toBe(false);
    expect(store.rounds()[0]?.status).toBe('voided');
  });

  it('are those of the last question, whichever answer comes last', async () => {
    let late: (reply: { rounds: RoundSummary[] }) => void = () => undefined;
    gateway.rounds
      .mockReturnValueOnce(new Promise((resolve) => (late = resolve)))
      .mockResolvedValue(answer('posted', 'newer'));
    const first = store.refresh();
    await store.refresh();
    late(answer('pending', 'older'));
    await first;
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.rounds()[0]?.round_id).toBe('newer');
    expect(gateway.rounds).toHaveBeenCalledTimes(2);
  });

  it('are gone, and no longer asked for, when another player sits down', async () => {
    gateway.rounds.mockResolvedValue(answer('pending'));
    await store.refresh();
    store.clear();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.rounds()).toEqual([]);
    expect(gateway.rounds).toHaveBeenCalledTimes(1);
  });
});
