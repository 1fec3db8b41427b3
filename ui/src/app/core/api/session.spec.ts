import { TestBed } from '@angular/core/testing';

import { Gateway } from './gateway';
import { ApiProblem } from './api-problem';
import { Preferences } from './preferences';
import { recall } from './remembered';
import { Session } from './session';
import { Player } from './schema';

const PLAYER: Player = {
  player_id: 'p',
  account_code: 'RS-000001',
  display_name: 'Anna',
  currency: 'RUB',
  balance: 1_000,
  reserved: 0,
  limits: { min_stake: 100, max_stake: 50_000, stake_step: 10 },
};

describe('the balance', () => {
  const gateway = { openSession: vi.fn(), player: vi.fn() };
  let session: Session;
  const balance = (): number | undefined => session.player()?.balance;
  /** A reply that comes when the test releases it. */
  function deferred(): { promise: Promise<Player>; come: (balance: number) => Promise<void> } {
    let resolve: (player: Player) => void = () => undefined;
    const promise = new Promise<Player>((done) => (resolve = done));
    return {
      promise,
      come: async (amount) => {
        resolve({ ...PLAYER, balance: amount });
        await settled();
      },
    };
  }
  const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));
  const seatOf = (): NonNullable<Session['seat']> => {
    const { seat } = session;
    if (!seat) throw new Error('nobody sits');
    return seat;
  };

  beforeEach(async () => {
    vi.resetAllMocks();
    localStorage.clear();
    // As for a new person, because no gateway answers here.
    await recall();
    gateway.openSession.mockResolvedValue({ token: 't', player: PLAYER });
    TestBed.configureTestingModule({ providers: [{ provide: Gateway, useValue: gateway }] });
    session = TestBed.inject(Session);
    await session.open('RS-000001');
  });

  it('is not overwritten by an answer to an older question', async () => {
    const spin = session.ask();
    session.answer(spin);
    gateway.player.mockResolvedValue({ ...PLAYER, balance: 300 });
    await session.refresh();
    session.takeBalance(seatOf(), 900, spin);
    expect(balance()).toBe(300);
  });

  it('is asked for again where nobody can tell which answer is newer', async () => {
    const look = deferred();
    gateway.player.mockReturnValueOnce(look.promise);
    void session.refresh();
    const spin = session.ask();
    session.answer(spin);
    session.takeBalance(seatOf(), 900, spin);
    expect(balance()).toBe(900);
    gateway.player.mockResolvedValue({ ...PLAYER, balance: 950 });
    await look.come(1_000);
    expect(gateway.player).toHaveBeenCalledTimes(2);
    expect(balance()).toBe(950);
  });

  it('is asked for once at a time, and once more for all who asked meanwhile', async () => {
    const first = deferred();
    const second = deferred();
    gateway.player.mockReturnValueOnce(first.promise).mockReturnValueOnce(second.promise);
    void session.refresh();
    void session.refresh();
    void session.refresh();
    await first.come(1);
    await second.come(2);
    expect(gateway.player).toHaveBeenCalledTimes(2);
    expect(balance()).toBe(2);
  });

  it('tells nothing while the reels turn, and all of it afterwards', async () => {
    const look = deferred();
    gateway.player.mockReturnValueOnce(look.promise).mockResolvedValue({ ...PLAYER, balance: 5 });
    void session.refresh();
    session.hold();
    await look.come(4);
    await session.refresh();
    expect(balance()).toBe(1_000);
    session.letGo();
    await settled();
    expect(balance()).toBe(5);
  });

  it('is never that of another player', async () => {
    const his = seatOf();
    const spin = session.ask();
    gateway.openSession.mockResolvedValue({
      token: 'u',
      player: { ...PLAYER, player_id: 'q', account_code: 'RS-000002', balance: 7 },
    });
    await session.open('RS-000002');
    session.answer(spin);
    session.takeBalance(his, 900, spin);
    expect(balance()).toBe(7);
  });

  it('is asked for under a session that is opened anew once for all who found it over', async () => {
    const over = new ApiProblem({ status: 401, code: 'session_expired' });
    const call = vi.fn((token: string) =>
      token === 't' ? Promise.reject(over) : Promise.resolve(token),
    );
    gateway.openSession.mockClear().mockResolvedValue({ token: 'new', player: PLAYER });
    const seat = seatOf();
    expect(await Promise.all([seat.authorised(call), seat.authorised(call)])).toEqual([
      'new',
      'new',
    ]);
    expect(gateway.openSession).toHaveBeenCalledTimes(1);
  });

  it('is that of a player who is looked up by the account code once', async () => {
    expect(gateway.openSession).toHaveBeenLastCalledWith('RS-000001', undefined);
    await session.open('RS-000001');
    expect(gateway.openSession).toHaveBeenLastCalledWith('RS-000001', 'p');
    await session.open('RS-000002');
    expect(gateway.openSession).toHaveBeenLastCalledWith('RS-000002', undefined);
  });

  it('is not that of whoever sits in for a chosen player, the next time', async () => {
    await session.open('RS-000001');
    const other = { ...PLAYER, player_id: 'q', account_code: 'RS-000002' };
    gateway.openSession.mockResolvedValue({ token: 'u', player: other });
    await session.open('RS-000002', false);
    expect(session.player()?.player_id).toBe('q');
    expect(TestBed.inject(Preferences).accountCode()).toBe('RS-000001');
  });

  it('is not asked for under a player who has the account in another data directory', async () => {
    const over = new ApiProblem({ status: 401, code: 'unauthorized' });
    gateway.openSession.mockResolvedValue({ token: 'x', player: { ...PLAYER, player_id: 'q' } });
    await expect(seatOf().authorised(() => Promise.reject(over))).rejects.toBe(over);
  });
});
