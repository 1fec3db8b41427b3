import { TestBed } from '@angular/core/testing';

import { Gateway } from '../core/api/gateway';
import { Session } from '../core/api/session';
import { provideLanguages } from '../core/i18n/language';
import { DailyReport } from './daily-report';

describe('the daily report', () => {
  const dailyReport = vi.fn();

  async function shown(): Promise<HTMLElement> {
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: Gateway, useValue: { dailyReport } },
        { provide: Session, useValue: { currency: () => 'RUB' } },
      ],
    });
    const fixture = TestBed.createComponent(DailyReport);
    await fixture.whenStable();
    return fixture.nativeElement as HTMLElement;
  }
  const text = (page: HTMLElement, name: string): string =>
    (page.querySelector(`[data-test="${name}"]`)?.textContent ?? '')
      .replaceAll('\u00a0', ' ')
      .trim();

  it('says what the ledger has in the currency of the player', async () => {
    dailyReport.mockResolvedValue({
      day: '2026-11-29',
      totals: [
        { currency: 'EUR', bets: 7, stakes: 700, payouts: 0 },
        { currency: 'RUB', bets: 2, stakes: 20_000, payouts: 19_000 },
      ],
    });
    const page = await shown();
    expect(text(page, 'daily-report')).toBe(
      '2 settled bets: stakes 200.00 ₽, payouts 190.00 ₽, RTP 95.00%',
    );
    expect(text(page, 'daily-took')).toMatch(/^answered in \d/);
  });

  it('says that there is nothing yet, and that nobody answered', async () => {
    dailyReport.mockResolvedValueOnce({ day: '2026-11-29', totals: [] });
    expect(text(await shown(), 'daily-report')).toBe('No settled bets today (UTC).');
    TestBed.resetTestingModule();
    dailyReport.mockRejectedValueOnce(new Error('no answer'));
    expect((await shown()).querySelector('[role="alert"]')?.textContent).toContain(
      'did not answer',
    );
  });
});
