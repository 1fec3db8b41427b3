import { ComponentFixture, TestBed } from '@angular/core/testing';

import { ApiProblem, NoAnswer } from '../core/api/api-problem';
import { Gateway } from '../core/api/gateway';
import { Session } from '../core/api/session';
import { provideLanguages } from '../core/i18n/language';
import { DailyReport } from './daily-report';

const DAY = '2026-11-29';
const EUROS = { currency: 'EUR', bets: 7, stakes: 700, payouts: 0 };
const ROUBLES = { currency: 'RUB', bets: 2, stakes: 20_000, payouts: 19_000 };

describe('the daily report', () => {
  const dailyReport = vi.fn();
  let fixture: ComponentFixture<DailyReport>;

  beforeEach(() => {
    dailyReport.mockReset();
    vi.useFakeTimers({
      now: new Date(`${DAY}T12:00:00Z`),
      toFake: ['Date', 'setInterval', 'clearInterval'],
    });
  });
  afterEach(() => vi.useRealTimers());

  async function shown(): Promise<HTMLElement> {
    TestBed.resetTestingModule().configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: Gateway, useValue: { dailyReport } },
        { provide: Session, useValue: { currency: () => 'RUB' } },
      ],
    });
    fixture = TestBed.createComponent(DailyReport);
    await settled();
    return fixture.nativeElement as HTMLElement;
  }
  async function settled(): Promise<void> {
    await fixture.whenStable();
    await new Promise((resolve) => setTimeout(resolve));
    await fixture.whenStable();
  }
  const words = (element: Element | null): string =>
    (element?.textContent ?? '').replaceAll('\u00a0', ' ').trim();
  const text = (page: HTMLElement, name: string): string =>
    words(page.querySelector(`[data-test="${name}"]`));

  it('says what the ledger has in the currency of the player, and when it said so', async () => {
    dailyReport.mockResolvedValue({ day: DAY, totals: [EUROS, ROUBLES] });
    const page = await shown();
    expect(text(page, 'daily-report')).toBe(
      '2 settled bets: stakes 200.00 ₽, payouts 190.00 ₽, RTP 95.00%',
    );
    expect(text(page, 'daily-took')).toMatch(/^answered in \d+ ms at \d+:00:00/);
    // A heading is what its section is about, without its controls.
    expect(words(page.querySelector('h2'))).toBe('Today by the ledger');
  });

  it('says that there is nothing yet, or nothing in this currency', async () => {
    dailyReport.mockResolvedValueOnce({ day: DAY, totals: [] });
    expect(text(await shown(), 'daily-report')).toBe('No settled bets today (UTC).');
    dailyReport.mockResolvedValueOnce({ day: DAY, totals: [EUROS] });
    expect(text(await shown(), 'daily-report')).toBe(
      'No settled bets in RUB today (UTC), only in EUR.',
    );
  });

  it('says that nobody answered, or what was refused', async () => {
    const alert = async (error: Error): Promise<string> => {
      dailyReport.mockRejectedValueOnce(error);
      return words((await shown()).querySelector('[role="alert"]'));
    };
    expect(await alert(new NoAnswer())).toBe('The gateway did not respond. Try again.');
    expect(
      await alert(new ApiProblem({ status: 503, code: 'new', detail: 'The ledger is away.' })),
    ).toBe('The ledger is away.');
  });

  it('keeps what was answered before, whose time it shows, where a later question is not', async () => {
    dailyReport.mockResolvedValueOnce({ day: DAY, totals: [] });
    const page = await shown();
    const again = page.querySelector<HTMLButtonElement>('[data-test="daily-again"]');
    dailyReport.mockRejectedValueOnce(new NoAnswer());
    vi.setSystemTime(`${DAY}T12:30:00Z`);
    again?.click();
    await settled();
    expect(page.querySelector('[role="alert"]')).not.toBeNull();
    expect(text(page, 'daily-report')).toBe('No settled bets today (UTC).');
    expect(text(page, 'daily-took')).toMatch(/ at \d+:00:00/);
    expect(again?.disabled).toBe(false);
  });

  it('is asked for again when its day is over, and not before', async () => {
    dailyReport.mockResolvedValueOnce({ day: DAY, totals: [ROUBLES] });
    const page = await shown();
    await vi.advanceTimersByTimeAsync(11 * 3_600_000);
    expect(dailyReport).toHaveBeenCalledTimes(1);
    dailyReport.mockResolvedValue({ day: '2026-11-30', totals: [] });
    await vi.advanceTimersByTimeAsync(3_600_000);
    await settled();
    expect(text(page, 'daily-report')).toBe('No settled bets today (UTC).');
    fixture.destroy();
    await vi.advanceTimersByTimeAsync(48 * 3_600_000);
    expect(dailyReport).toHaveBeenCalledTimes(2);
  });
});
