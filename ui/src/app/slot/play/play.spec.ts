import { TestBed } from '@angular/core/testing';

import { Gateway } from '../../core/api/gateway';
import { PaytableStore } from '../../core/api/paytable-store';
import { NoAnswer, ApiProblem } from '../../core/api/api-problem';
import { recall } from '../../core/api/remembered';
import { roundId } from '../../core/api/round-id';
import { Session } from '../../core/api/session';
import { RoundStanding, RoundSummary, SpinResult, SymbolName } from '../../core/api/schema';
import { provideLanguages } from '../../core/i18n/language';
import { LocksDouble } from '../../testing/locks-double';
import { KeptSpins } from './kept-spins';
import { Play } from './play';
import { RecentSpin } from './spin-history';
import { SpinTraces } from './spin-trace';

const STRIP: SymbolName[] = ['seven', 'gem', 'bell', 'bar'];
const PLAYER = {
  player_id: 'p',
  account_code: 'RS-000001',
  display_name: 'Anna',
  currency: 'RUB',
  balance: 100_000,
  reserved: 0,
  limits: { min_stake: 100, max_stake: 50_000, stake_step: 10 },
};

const BOARD = {
  stops: [1, 1, 1, 1, 1],
  board: Array.from({ length: 5 }, () => ['gem', 'bell', 'bar'] as SymbolName[]),
};

function reply(over: Partial<SpinResult> = {}): SpinResult {
  return {
    round_id: 'r1',
    status: 'posted',
    stake: 1000,
    payout: 4500,
    currency: 'RUB',
    balance: 103_500,
    seed: '0123456789abcdef',
    stops: [1, 1, 1, 1, 1],
    board: Array.from({ length: 5 }, () => ['gem', 'bell', 'bar'] as SymbolName[]),
    wins: [],
    replayed: false,
    ...over,
  };
}

function round(over: Partial<RoundSummary>): RoundSummary {
  return {
    round_id: 'r1',
    stake: 1000,
    payout: 4500,
    currency: 'RUB',
    status: 'posted',
    created_at: '2026-01-01T00:00:00Z',
    ...over,
  };
}

describe('a spin', () => {
  const gateway = {
    openSession: vi.fn(),
    player: vi.fn(),
    paytable: vi.fn(),
    spin: vi.fn(),
    rounds: vi.fn(),
    round: vi.fn(),
  };
  let play: Play;
  let session: Session;

  beforeEach(async () => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    localStorage.clear();
    sessionStorage.clear();
    // As for a new person, because no gateway answers here.
    await recall();
    gateway.openSession.mockResolvedValue({ token: 't1', player: PLAYER });
    gateway.player.mockResolvedValue(PLAYER);
    gateway.rounds.mockResolvedValue({ rounds: [] });
    gateway.paytable.mockResolvedValue({
      rows: 3,
      stakes: [100, 1000, 5000],
      paylines: [],
      reel_strips: Array.from({ length: 5 }, () => STRIP),
    });
    TestBed.configureTestingModule({
      providers: [provideLanguages(), { provide: Gateway, useValue: gateway }],
    });
    play = TestBed.inject(Play);
    session = TestBed.inject(Session);
    await session.open('RS-000001');
    await TestBed.inject(PaytableStore).load();
  });
  afterEach(() => vi.useRealTimers());

  /** Longer than all retries of a request, and shorter than the limit of waiting for the reels. */
  const answered = (): Promise<unknown> => vi.advanceTimersByTimeAsync(2_000);
  const keys = (): unknown[] => gateway.spin.mock.calls.map((call) => call[1]);

  it('keeps the result and the balance back until the reels rest', async () => {
    gateway.spin.mockResolvedValue(reply());
    play.press();
    expect(play.phase()).toBe('spinning');
    await answered();
    expect(play.phase()).toBe('stopping');
    expect(play.target().stops).toEqual([1, 1, 1, 1, 1]);
    expect(play.outcome()).toBeNull();
    expect(session.player()?.balance).toBe(100_000);

    play.rest();
    expect(play.phase()).toBe('idle');
    expect(play.outcome()?.payout).toBe(4500);
    expect(session.player()?.balance).toBe(103_500);
    expect(play.recent()[0]).toMatchObject({ kind: 'won', change: 3500 });
  });

  it('does not call a payout below the stake a gain', async () => {
    gateway.spin.mockResolvedValue(reply({ payout: 800, balance: 99_800 }));
    play.press();
    await answered();
    play.rest();
    expect(play.recent()[0]).toMatchObject({ kind: 'lost', change: -200 });
  });

  it('starts no second spin while one is under way; a press then hurries the reels', async () => {
    gateway.spin.mockResolvedValue(reply());
    play.press();
    play.press();
    await answered();
    expect(play.hurried()).toBe(false);
    play.press();
    expect(play.hurried()).toBe(true);
    expect(gateway.spin).toHaveBeenCalledTimes(1);
  });

  it('asks again with the same key when no answer comes', async () => {
    gateway.spin.mockRejectedValueOnce(new NoAnswer()).mockResolvedValue(reply());
    play.press();
    await answered();
    expect(gateway.spin).toHaveBeenCalledTimes(2);
    expect(new Set(keys()).size).toBe(1);
    play.rest();
    expect(play.trouble()).toBeNull();
  });

  it('gives up after three tries, and keeps the key for the player to ask again', async () => {
    gateway.spin.mockRejectedValue(new NoAnswer());
    play.press();
    await answered();
    play.rest();
    expect(gateway.spin).toHaveBeenCalledTimes(3);
    expect(play.canAskAgain()).toBe(true);
    expect(play.recent()[0]?.kind).toBe('unknown');

    gateway.spin.mockResolvedValue(reply({ replayed: true }));
    play.askAgain();
    await answered();
    play.rest();
    expect(play.recent()).toMatchObject([{ kind: 'won' }]);
    expect(new Set(keys()).size).toBe(1);
    expect(play.outcome()?.payout).toBe(4500);
  });

  it('uses a new key for a new spin', async () => {
    gateway.spin.mockResolvedValue(reply());
    for (let spin = 0; spin < 2; spin += 1) {
      play.press();
      await answered();
      play.rest();
    }
    expect(new Set(keys()).size).toBe(2);
  });

  it('opens an expired session anew and repeats the spin with the same key', async () => {
    gateway.spin
      .mockRejectedValueOnce(new ApiProblem({ status: 401, code: 'session_expired' }))
      .mockResolvedValue(reply());
    gateway.openSession.mockResolvedValue({ token: 't2', player: PLAYER });
    play.press();
    await answered();
    expect(gateway.spin.mock.calls.map((call) => call[0])).toEqual(['t1', 't2']);
    expect(new Set(keys()).size).toBe(1);
  });

  it('brings the reels back to the last board when it fails, and asks where the money is', async () => {
    const before = play.target();
    gateway.spin.mockRejectedValue(
      new ApiProblem({ status: 502, code: 'payment_declined', stake_status: 'returned' }),
    );
    play.press();
    await answered();
    play.rest();
    expect(play.target()).toEqual(before);
    expect(play.recent()[0]?.kind).toBe('returned');
    expect(gateway.player).toHaveBeenCalled();
    expect(gateway.spin).toHaveBeenCalledTimes(1);
  });

  it('loads the strips anew when they do not show the board of the reply', async () => {
    const board = reply().board.map(() => ['star', 'star', 'star'] as SymbolName[]);
    gateway.spin.mockResolvedValue(reply({ board }));
    play.press();
    await answered();
    expect(gateway.paytable).toHaveBeenCalledTimes(2);
    expect(play.target().board).toEqual(board);
  });

  it('steps the stake only between spins', async () => {
    play.changeStake(1);
    expect(play.stake()).toBe(5000);
    gateway.spin.mockResolvedValue(reply());
    play.press();
    play.changeStake(-1);
    expect(play.stake()).toBe(5000);
  });

  it('shows its result although the reels never say that they rest', async () => {
    gateway.spin.mockResolvedValue(reply());
    play.press();
    await answered();
    expect(play.phase()).toBe('stopping');
    await vi.advanceTimersByTimeAsync(4_000);
    expect(play.phase()).toBe('idle');
    expect(play.outcome()?.payout).toBe(4500);
  });

  it('is not taken for the next one by a reel that rests late', async () => {
    gateway.spin.mockResolvedValue(reply());
    play.press();
    await answered();
    await vi.advanceTimersByTimeAsync(4_000);
    gateway.spin.mockReturnValue(new Promise(() => undefined));
    play.press();
    play.rest();
    expect(play.phase()).toBe('spinning');
    expect(play.outcome()).toBeNull();
  });

  it('waits for new strips no longer than a moment', async () => {
    const board = reply().board.map(() => ['star', 'star', 'star'] as SymbolName[]);
    gateway.paytable.mockReturnValue(new Promise(() => undefined));
    gateway.spin.mockResolvedValue(reply({ board }));
    play.press();
    await answered();
    play.rest();
    expect(play.target().board).toEqual(board);
    expect(play.outcome()?.payout).toBe(4500);
  });

  it('that is pending is neither won nor lost, and follows its round to the settlement', async () => {
    gateway.spin.mockResolvedValue(reply({ status: 'pending', payout: 0, balance: 99_000 }));
    gateway.rounds.mockResolvedValue({ rounds: [round({ status: 'pending', payout: 0 })] });
    play.press();
    await answered();
    play.rest();
    expect(play.outcome()?.status).toBe('pending');
    expect(play.recent()).toMatchObject([{ kind: 'pending', change: 0, roundId: 'r1' }]);
    expect(session.player()?.balance).toBe(99_000);

    gateway.rounds.mockResolvedValue({ rounds: [round({ status: 'posted', payout: 4500 })] });
    gateway.player.mockResolvedValue({ ...PLAYER, balance: 103_500 });
    await vi.advanceTimersByTimeAsync(1_000);
    TestBed.tick();
    await vi.advanceTimersByTimeAsync(0);
    expect(play.outcome()).toMatchObject({ status: 'posted', payout: 4500 });
    expect(play.recent()).toMatchObject([{ kind: 'won', change: 3500 }]);
    expect(session.player()?.balance).toBe(103_500);
  });

  it('that was not answered in time no longer says that its stake is reserved once it is not', async () => {
    gateway.spin.mockRejectedValue(
      new ApiProblem({
        status: 504,
        code: 'payment_pending',
        stake_status: 'pending',
        round_id: 'r1',
      }),
    );
    gateway.rounds.mockResolvedValue({ rounds: [round({ status: 'pending', payout: 0 })] });
    play.press();
    await answered();
    play.rest();
    expect(play.recent()).toMatchObject([{ kind: 'pending' }]);

    gateway.rounds.mockResolvedValue({ rounds: [round({ status: 'voided', payout: 0 })] });
    await vi.advanceTimersByTimeAsync(1_000);
    TestBed.tick();
    expect(play.trouble()).toBeNull();
    expect(play.recent()).toMatchObject([{ kind: 'returned', change: 0 }]);
  });

  /** Spins a round and then the same round again, with the traces a and b. */
  const spinTwice = async (): Promise<void> => {
    const traces = ['a'.repeat(32), 'b'.repeat(32)];
    vi.spyOn(TestBed.inject(SpinTraces), 'begin').mockImplementation(() => ({
      id: traces.shift() ?? null,
      during: (ask) => ask(),
      answered: () => undefined,
      failed: () => undefined,
    }));
    gateway.spin.mockResolvedValueOnce(reply());
    play.press();
    await answered();
    play.rest();
    gateway.spin.mockResolvedValueOnce(reply({ round_id: 'r2' }));
    play.repeat({ round_id: 'r1', stake: 100 });
    await answered();
    play.rest();
  };

  it('that is spun again has the stake and the seed of its round, and a key of its own', async () => {
    await spinTwice();
    const [[, key, stake, same], [, otherKey, otherStake, sameAs]] = gateway.spin.mock.calls as [
      unknown[],
      unknown[],
    ];
    expect([stake, same, otherStake, sameAs]).toEqual([1000, null, 100, 'r1']);
    expect(otherKey).not.toBe(key);
    const [second] = play.recent();
    expect(play.repeats()).toEqual([
      {
        of: 'r1',
        roundId: 'r2',
        before: 'a'.repeat(32),
        after: 'b'.repeat(32),
        begunAt: second?.begunAt,
      },
    ]);
  });

  it('that is spun again is compared with nothing when its first trace is not known', async () => {
    gateway.spin.mockResolvedValue(reply({ round_id: 'r2' }));
    play.repeat({ round_id: 'of another window', stake: 100 });
    await answered();
    play.rest();
    expect(play.repeats()).toEqual([]);
    expect(play.recent()).toHaveLength(1);
  });

  it('that is spun again and lost is asked for with the seed once more', async () => {
    gateway.spin.mockRejectedValueOnce(new NoAnswer('gone')).mockResolvedValue(reply());
    play.repeat({ round_id: 'r0', stake: 100 });
    await answered();
    expect(gateway.spin.mock.calls.map((call) => (call as unknown[])[3])).toEqual(['r0', 'r0']);
    expect(new Set(keys()).size).toBe(1);
  });

  it('belongs to whoever pressed, for the answer, each retry and each renewal', async () => {
    const OTHER = { ...PLAYER, player_id: 'q', account_code: 'RS-000002', balance: 7 };
    gateway.openSession.mockImplementation((code: string) =>
      Promise.resolve(
        code === 'RS-000002' ? { token: 'hers', player: OTHER } : { token: 'his', player: PLAYER },
      ),
    );
    gateway.spin
      .mockRejectedValueOnce(new NoAnswer())
      .mockRejectedValueOnce(new ApiProblem({ status: 401, code: 'session_expired' }))
      .mockResolvedValue(reply());
    play.press();
    await vi.advanceTimersByTimeAsync(0);
    await session.open('RS-000002');
    play.clear();
    await answered();
    play.rest();
    expect(gateway.spin.mock.calls.map((call) => call[0])).toEqual(['t1', 't1', 'his']);
    expect(new Set(keys()).size).toBe(1);
    expect(session.player()).toMatchObject({ account_code: 'RS-000002', balance: 7 });
    expect(play.outcome()).toBeNull();
    expect(play.recent()).toEqual([]);
  });

  it('says that it has come to rest, so that the seat may change hands', async () => {
    gateway.spin.mockResolvedValue(reply());
    const rested = vi.fn();
    play.press();
    void play.atRest().then(rested);
    await answered();
    expect(rested).not.toHaveBeenCalled();
    play.rest();
    await vi.advanceTimersByTimeAsync(0);
    expect(rested).toHaveBeenCalled();
  });

  describe('whose end is not known', () => {
    const standing = (
      stake_status: RoundStanding['stake_status'],
      over: Partial<RoundSummary> | null = null,
      balance = 99_000,
    ): RoundStanding => ({ stake_status, balance, round: over && round(over) });
    /** `crypto.subtle` does not use the fake clock. */
    const look = async (): Promise<void> => {
      await vi.advanceTimersByTimeAsync(15_000);
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)));
      await vi.waitFor(() => expect(gateway.round).toHaveBeenCalled());
      await vi.advanceTimersByTimeAsync(0);
    };
    const kept = (): string[] =>
      Object.keys(localStorage).filter((name) => name.startsWith('reelscope.unfinished.'));

    it('is followed through every state of its stake to its end', async () => {
      gateway.round.mockResolvedValue(standing('unknown'));
      gateway.spin.mockRejectedValue(new NoAnswer());
      play.press();
      await answered();
      play.rest();
      await look();
      expect([play.stakeStatus(), play.canAskAgain()]).toEqual(['unknown', true]);
      const states: [RoundStanding, RecentSpin['kind']][] = [
        [standing('reserved', { status: 'reserved' }), 'reserved'],
        [standing('pending', { status: 'pending' }), 'pending'],
        [standing('paid', { ...BOARD, status: 'posted', payout: 4500 }, 103_500), 'won'],
      ];
      for (const [answer, kind] of states) {
        gateway.round.mockClear().mockResolvedValue(answer);
        await look();
        await vi.waitFor(() => expect(play.recent()[0]?.kind).toBe(kind));
        expect(session.player()?.balance).toBe(answer.balance);
      }
      expect(play.trouble()).toBeNull();
      expect(play.outcome()).toMatchObject({ payout: 4500, status: 'posted' });
      expect(kept()).toEqual([]);
    });

    it.each(['untouched', 'returned'] as const)(
      'and then turns out to be %s is said to be so, and not asked for again',
      async (status) => {
        gateway.round.mockResolvedValue(standing(status));
        gateway.spin.mockRejectedValue(new NoAnswer());
        play.press();
        await answered();
        play.rest();
        await vi.waitFor(() => expect(play.stakeStatus()).toBe(status));
        expect(play.canAskAgain()).toBe(false);
        expect(play.recent()).toMatchObject([{ kind: status }]);
        expect(kept()).toEqual([]);
      },
    );

    it.each([
      new ApiProblem({ status: 409, code: 'idempotency_conflict' }),
      new ApiProblem({ status: 401, code: 'launch_token_required' }),
      new ApiProblem({ status: 500, code: 'internal', stake_status: 'unknown' }),
    ])('is claimed to be nothing: $code', async (error) => {
      gateway.round.mockRejectedValue(new NoAnswer());
      gateway.spin.mockRejectedValue(error);
      play.press();
      await answered();
      play.rest();
      expect(play.stakeStatus()).toBe('unknown');
      expect(kept()).toHaveLength(1);
    });

    it('is asked for by a page that is loaded later, without a second bet', async () => {
      gateway.spin.mockReturnValue(new Promise(() => undefined));
      play.press();
      expect(kept()).toHaveLength(1);
      const [, key] = gateway.spin.mock.calls[0] as string[];
      gateway.round.mockResolvedValue(
        standing('paid', { ...BOARD, status: 'posted', payout: 4500 }, 103_500),
      );

      TestBed.resetTestingModule();
      TestBed.configureTestingModule({
        providers: [provideLanguages(), { provide: Gateway, useValue: gateway }],
      });
      const later = TestBed.inject(Play);
      await TestBed.inject(Session).open('RS-000001');
      await later.resume();
      expect(later.recent()).toMatchObject([{ key, kind: 'unknown' }]);
      await vi.waitFor(() => expect(later.outcome()).toMatchObject({ payout: 4500 }));
      expect(gateway.round).toHaveBeenCalledWith('t1', await roundId('p', key ?? ''));
      expect(later.recent()).toMatchObject([{ kind: 'won', change: 3500 }]);
      expect(TestBed.inject(Session).player()?.balance).toBe(103_500);
      expect(gateway.spin).toHaveBeenCalledTimes(1);
      expect(kept()).toEqual([]);
    });

    describe('while another page works on it', () => {
      let end: () => void;
      const other = { key: 'k', playerId: 'p', stake: 1000, at: 0 };

      beforeEach(() => {
        const locks = LocksDouble.install();
        localStorage.setItem('reelscope.unfinished.k', JSON.stringify(other));
        void locks.request(
          'reelscope.unfinished.k',
          () => new Promise((resolve) => (end = resolve)),
        );
      });
      afterEach(() => LocksDouble.remove());

      it('is left to that, and taken over once that is gone', async () => {
        gateway.round.mockResolvedValue(standing('reserved', { status: 'reserved' }));
        const resumed = play.resume();
        await vi.advanceTimersByTimeAsync(0);
        expect([play.trouble(), play.recent()]).toEqual([null, []]);
        end();
        await resumed;
        expect(play.recent()).toMatchObject([{ key: 'k', kind: 'unknown' }]);
        await vi.waitFor(() => expect(play.stakeStatus()).toBe('reserved'));
      });

      it('does not change the result of a spin that was made here meanwhile', async () => {
        gateway.round.mockResolvedValue(
          standing('paid', { ...BOARD, round_id: 'old', status: 'posted', payout: 20 }),
        );
        gateway.spin.mockResolvedValue(reply());
        const resumed = play.resume();
        play.press();
        await answered();
        play.rest();
        end();
        await resumed;
        await vi.waitFor(() => expect(play.recent()[1]).toMatchObject({ key: 'k', kind: 'lost' }));
        expect(play.outcome()).toMatchObject({ round_id: 'r1', payout: 4500 });
        expect(play.trouble()).toBeNull();
        expect(kept()).toEqual([]);
      });

      it('stays with it when another player sits down here', async () => {
        const resumed = play.resume();
        gateway.openSession.mockResolvedValue({
          token: 'hers',
          player: { ...PLAYER, player_id: 'q', account_code: 'RS-000002' },
        });
        await session.open('RS-000002');
        play.clear();
        end();
        await resumed;
        expect([play.trouble(), play.recent()]).toEqual([null, []]);
        expect(gateway.round).not.toHaveBeenCalled();
        expect(kept()).toHaveLength(1);
      });
    });

    it('is nobody else’s business', async () => {
      gateway.spin.mockReturnValue(new Promise(() => undefined));
      play.press();
      gateway.openSession.mockResolvedValue({
        token: 'hers',
        player: { ...PLAYER, player_id: 'q', account_code: 'RS-000002' },
      });
      await session.open('RS-000002');
      play.clear();
      await play.resume();
      await look().catch(() => undefined);
      expect(gateway.round).not.toHaveBeenCalled();
      expect(play.trouble()).toBeNull();
      expect(kept()).toHaveLength(1);
    });
  });

  it('and what it repeats are known after the page was reloaded, to the same player', async () => {
    TestBed.inject(KeptSpins);
    await spinTwice();
    TestBed.tick();
    const [recent, repeats, last] = [play.recent(), play.repeats(), play.last()];
    expect(repeats).toMatchObject([{ of: 'r1', roundId: 'r2' }]);

    const reload = (): void => {
      TestBed.resetTestingModule();
      TestBed.configureTestingModule({
        providers: [provideLanguages(), { provide: Gateway, useValue: gateway }],
      });
      play = TestBed.inject(Play);
      TestBed.inject(KeptSpins);
    };
    reload();
    await TestBed.inject(Session).open('RS-000001');
    TestBed.tick();
    expect([play.recent(), play.repeats(), play.last()]).toEqual([recent, repeats, last]);

    gateway.openSession.mockResolvedValue({ token: 'hers', player: { ...PLAYER, player_id: 'q' } });
    reload();
    await TestBed.inject(Session).open('RS-000002');
    TestBed.tick();
    expect([play.recent(), play.last()]).toEqual([[], null]);
  });

  it('is not begun by a repeat while another is under way', async () => {
    gateway.spin.mockReturnValue(new Promise(() => undefined));
    play.press();
    play.repeat({ round_id: 'r1', stake: 100 });
    await answered();
    expect(gateway.spin).toHaveBeenCalledTimes(1);
  });
});
