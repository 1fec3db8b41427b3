import { ComponentFixture, TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { PaytableStore } from '../core/api/paytable-store';
import { recall } from '../core/api/remembered';
import { Session } from '../core/api/session';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { SymbolName } from '../core/api/schema';
import { provideLanguages } from '../core/i18n/language';
import { ResizeObserverDouble } from '../testing/resize-observer-double';
import { StreamDouble } from '../testing/stream-double';
import { Machine } from './machine';
import { Play } from './play/play';
import { Sound } from './sound';

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
const ROUND = {
  round_id: 'r1',
  status: 'pending',
  stake: 1000,
  payout: 0,
  currency: 'RUB',
  balance: 99_000,
  seed: '0123456789abcdef',
  stops: [1, 1, 1, 1, 1],
  board: Array.from({ length: 5 }, () => ['gem', 'bell', 'bar']),
  wins: [],
  replayed: false,
};

describe('the machine', () => {
  const gateway = {
    openSession: vi.fn(),
    paytable: vi.fn(),
    spin: vi.fn(),
    rounds: vi.fn(),
    player: vi.fn(),
  };
  const sound = { reelStop: vi.fn(), win: vi.fn() };
  let fixture: ComponentFixture<Machine>;
  let play: Play;

  beforeEach(async () => {
    vi.useFakeTimers();
    vi.resetAllMocks();
    vi.stubGlobal('matchMedia', () => ({ matches: false }));
    vi.stubGlobal('ResizeObserver', ResizeObserverDouble);
    // jsdom draws nothing.
    vi.spyOn(HTMLCanvasElement.prototype, 'getContext').mockReturnValue(null);
    localStorage.clear();
    sessionStorage.clear();
    // As for a new person, because no gateway answers here.
    await recall();
    gateway.openSession.mockResolvedValue({ token: 't1', player: PLAYER });
    gateway.player.mockResolvedValue(PLAYER);
    gateway.paytable.mockResolvedValue({
      rows: 3,
      stakes: [1000],
      paylines: [[1, 1, 1, 1, 1]],
      reel_strips: Array.from({ length: 5 }, () => STRIP),
    });
    gateway.spin.mockResolvedValue(ROUND);
    await TestBed.configureTestingModule({
      // The lazily loaded parts must be known before the component is created.
      imports: [Machine],
      providers: [
        provideLanguages(),
        { provide: Gateway, useValue: gateway },
        { provide: Sound, useValue: sound },
        { provide: TelemetryStream, useValue: new StreamDouble() },
      ],
    }).compileComponents();
    play = TestBed.inject(Play);
    await TestBed.inject(Session).open('RS-000001');
    await TestBed.inject(PaytableStore).load();
    fixture = TestBed.createComponent(Machine);
    fixture.detectChanges();
  });
  afterEach(() => {
    fixture.destroy();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const text = (): string => {
    fixture.detectChanges();
    return (fixture.nativeElement as HTMLElement).querySelector('.result')?.textContent ?? '';
  };
  const spun = async (): Promise<void> => {
    play.press();
    await vi.advanceTimersByTimeAsync(100);
    play.rest();
  };

  it('shows the win of a round at once, says that it is being settled, and celebrates it once', async () => {
    gateway.spin.mockResolvedValue({ ...ROUND, payout: 4500 });
    gateway.rounds.mockResolvedValue({ rounds: [{ ...ROUND, payout: 4500 }] });
    await spun();
    expect(text()).toMatch(/Win.*settlement in progress/s);
    expect(sound.win).toHaveBeenCalledTimes(1);

    gateway.rounds.mockResolvedValue({ rounds: [{ ...ROUND, status: 'posted', payout: 4500 }] });
    gateway.player.mockResolvedValue({ ...PLAYER, balance: 103_500 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(text()).toContain('Win');
    expect(text()).not.toContain('settlement');
    await vi.advanceTimersByTimeAsync(0);
    expect(sound.win).toHaveBeenCalledTimes(1);
    expect(TestBed.inject(Session).player()?.balance).toBe(103_500);
  });

  it('says of a payout up to the stake that it was returned, and celebrates nothing', async () => {
    const wins = [
      {
        kind: 'line',
        symbol: 'gem',
        count: 3,
        payline: 1,
        multiplier: 5,
        payout: 500,
        cells: [[0, 1]],
      },
    ];
    gateway.spin.mockResolvedValue({ ...ROUND, status: 'posted', payout: 500, wins });
    gateway.rounds.mockResolvedValue({ rounds: [] });
    await spun();
    expect(text()).toMatch(/Returned 5\.00\s₽ of 10\.00/);
    const { nativeElement } = fixture as { nativeElement: HTMLElement };
    expect(nativeElement.querySelector('[data-test="win"], [data-lit], .lines')).toBeNull();
    expect(sound.win).not.toHaveBeenCalled();
  });

  it('shows a win with the multiple of the stake', async () => {
    gateway.spin.mockResolvedValue({ ...ROUND, status: 'posted', payout: 4500 });
    gateway.rounds.mockResolvedValue({ rounds: [] });
    await spun();
    expect(text()).toContain('×4.5 stake');
  });

  it('lights nothing of a failed round, and frames the reels', async () => {
    gateway.spin.mockRejectedValue(new Error('defect'));
    gateway.rounds.mockResolvedValue({ rounds: [] });
    await spun();
    text();
    const { nativeElement } = fixture as { nativeElement: HTMLElement };
    expect(nativeElement.querySelector('.glass.pending')).not.toBeNull();
    expect(nativeElement.querySelector('[data-lit]')).toBeNull();
  });

  it('says of a round without a win that it is being settled', async () => {
    gateway.rounds.mockResolvedValue({ rounds: [ROUND] });
    await spun();
    expect(text()).toMatch(/No win.*settlement in progress/s);
    expect(sound.win).not.toHaveBeenCalled();
  });

  it('says that the stake of a voided round was returned, not that nothing was won', async () => {
    gateway.rounds.mockResolvedValue({ rounds: [ROUND] });
    await spun();
    gateway.rounds.mockResolvedValue({ rounds: [{ ...ROUND, status: 'voided' }] });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(text()).toContain('The stake was returned');
    const { nativeElement } = fixture as { nativeElement: HTMLElement };
    expect(nativeElement.querySelector('.glass.returned')).not.toBeNull();
  });
});
