import { signal } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';

import { ApiProblem, NoAnswer } from '../core/api/api-problem';
import { Gateway } from '../core/api/gateway';
import { ReportGateway } from '../core/api/report-gateway';
import { PaytableStore } from '../core/api/paytable-store';
import { FaultState } from '../core/api/schema';
import { TelemetryStream } from '../core/api/telemetry-stream';
import { provideLanguages } from '../core/i18n/language';
import { FaultStore } from '../faults/fault-store';
import { spanOf } from '../testing/any-spans';
import { TRACE } from '../testing/replies';
import { StreamDouble } from '../testing/stream-double';
import { DailyReportPage } from './daily-report-page';
import { ReportTrace, ReportTraces } from './report-trace';

const DAY = '2026-11-29';
const EUROS = { currency: 'EUR', bets: 70_000, stakes: 7_000_000, payouts: 6_900_000 };
const ROUBLES = { currency: 'RUB', bets: 2, stakes: 20_000, payouts: 19_000 };
const PAR = { rtp_percent: 96, volatility: { standard_deviation: 6 } };

function query(collection: string, rows: number) {
  return spanOf('q', null, 0, 41_000, {
    service: 'payment-service',
    op: 'db.query',
    data: { 'db.collection.name': collection, 'db.rows_scanned': rows },
  });
}

describe('the report by day', () => {
  const dailyReport = vi.fn();
  const trace = vi.fn();
  const toggle = vi.fn();
  const state = signal<FaultState>('off');
  const stream = new StreamDouble();
  let fixture: ComponentFixture<DailyReportPage>;
  let traces = 0;
  const begin = (): ReportTrace => ({
    id: `t${(traces += 1)}`,
    during: (ask) => ask(),
    end: () => undefined,
  });

  beforeEach(() => {
    for (const mock of [dailyReport, trace, toggle]) mock.mockReset();
    trace.mockRejectedValue(new NoAnswer());
    state.set('off');
    traces = 0;
    vi.useFakeTimers({
      now: new Date(`${DAY}T12:00:00Z`),
      toFake: ['Date', 'setInterval', 'clearInterval'],
    });
  });
  afterEach(() => {
    history.replaceState(null, '', '/');
    vi.useRealTimers();
  });

  async function shown(path = '/business/report'): Promise<HTMLElement> {
    history.replaceState(null, '', path);
    const extra = () => ({
      id: 'slow-report',
      service: 'payment-service',
      how: 'switch',
      fixable: true,
      state: state(),
    });
    TestBed.resetTestingModule().configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: Gateway, useValue: { trace } },
        { provide: ReportGateway, useValue: { dailyReport } },
        { provide: PaytableStore, useValue: { table: () => ({ par_sheet: PAR }) } },
        { provide: TelemetryStream, useValue: stream },
        { provide: ReportTraces, useValue: { begin } },
        {
          provide: FaultStore,
          useValue: {
            board: () => ({ extras: [extra()] }),
            busy: () => new Set(),
            refusal: () => null,
            watch: () => () => undefined,
            toggle,
          },
        },
      ],
    });
    fixture = TestBed.createComponent(DailyReportPage);
    await settled();
    return fixture.nativeElement as HTMLElement;
  }
  async function settled(): Promise<void> {
    await fixture.whenStable();
    await new Promise((resolve) => setTimeout(resolve));
    await fixture.whenStable();
  }
  const words = (element: Element | null): string =>
    [...(element?.matches('tr') ? element.children : [element])]
      .map((each) => each?.textContent ?? '')
      .join(' ')
      .replaceAll('\u00a0', ' ')
      .replaceAll(/\s+/g, ' ')
      .trim();
  const named = (page: HTMLElement, name: string): HTMLElement | null =>
    page.querySelector(`[data-test="${name}"]`);
  const text = (page: HTMLElement, name: string): string => words(named(page, name));
  async function press(page: HTMLElement, name: string): Promise<void> {
    named(page, name)?.click();
    await settled();
  }
  /** Waits for a text: the page pauses between its questions. */
  const comes = (page: HTMLElement, name: string, wanted: RegExp): Promise<void> =>
    vi.waitFor(
      async () => {
        await settled();
        expect(text(page, name)).toMatch(wanted);
      },
      { timeout: 4_000 },
    );
  const asked = (): unknown[] => dailyReport.mock.calls.map(([day]) => day as unknown);

  it('has the totals of each currency, and when and how fast they were told', async () => {
    dailyReport.mockResolvedValue({ day: DAY, totals: [EUROS, ROUBLES] });
    const page = await shown();
    const rows = [...page.querySelectorAll('[data-test="report-row"]')].map(words);
    expect(rows).toEqual([
      'EUR 70,000 70,000.00 € 69,000.00 € 1,000.00 € 98.57%',
      'RUB 2 200.00 ₽ 190.00 ₽ 10.00 ₽ 95.00% too few spins to say about 3,500 spins are enough',
    ]);
    expect(text(page, 'report-took')).toMatch(/^answered in \d+ ms at \d+:00:00/);
    expect(text(page, 'report-day')).toBe('29 Nov 2026');
  });

  it('goes from day to day, which the address keeps, and not beyond today', async () => {
    dailyReport.mockImplementation((day: string) => Promise.resolve({ day, totals: [] }));
    const page = await shown('/business/report?day=2026-11-28');
    expect(text(page, 'report-none')).toBe('No settled bets on this day.');
    await press(page, 'day-before');
    expect([text(page, 'report-day'), location.search]).toEqual(['27 Nov 2026', '?day=2026-11-27']);
    await press(page, 'day-today');
    expect([text(page, 'report-day'), location.search]).toEqual(['29 Nov 2026', '']);
    expect(text(page, 'report-none')).toContain('Press SPIN on the machine.');
    expect(named(page, 'day-after')?.matches(':disabled')).toBe(true);
    expect(asked()).toEqual(['2026-11-28', '2026-11-27', DAY]);
  });

  it('says that nobody answered, or what was refused, beside the old figures', async () => {
    dailyReport.mockResolvedValueOnce({ day: DAY, totals: [ROUBLES] });
    const page = await shown();
    dailyReport.mockRejectedValueOnce(new NoAnswer());
    vi.setSystemTime(`${DAY}T12:30:00Z`);
    await press(page, 'report-again');
    expect(text(page, 'report-trouble')).toBe('The gateway did not respond. Try again.');
    expect(named(page, 'report-row')).not.toBeNull();
    expect(text(page, 'report-took')).toMatch(/ at \d+:00:00/);
    const problem = { status: 503, code: 'new', detail: 'The ledger is away.' };
    dailyReport.mockRejectedValueOnce(new ApiProblem(problem));
    await press(page, 'report-again');
    expect(text(page, 'report-trouble')).toBe('The ledger is away.');
  });

  it('says nothing of an older failure beside a request that was cancelled', async () => {
    dailyReport.mockRejectedValueOnce(new NoAnswer());
    const page = await shown();
    expect(named(page, 'report-trouble')).not.toBeNull();
    dailyReport.mockReturnValue(new Promise(() => undefined));
    const button = named(page, 'report-again');
    button?.focus();
    await press(page, 'report-again');
    // The second press of a double click.
    button?.dispatchEvent(new MouseEvent('click', { detail: 2, bubbles: true }));
    await settled();
    expect(named(page, 'report-cancel')).toBe(button);
    await press(page, 'report-cancel');
    expect(named(page, 'report-trouble')).toBeNull();
    expect(text(page, 'report-cancelled')).toContain('Cancelled.');
    expect(document.activeElement).toBe(button);
  });

  it('can be cancelled while it is made, and asked for again', async () => {
    let signal: AbortSignal | undefined;
    dailyReport.mockImplementationOnce((_: string, cancel: AbortSignal) => {
      signal = cancel;
      return new Promise((_, reject) =>
        cancel.addEventListener('abort', () => reject(new NoAnswer())),
      );
    });
    const page = await shown();
    expect(words(page.querySelector('rs-load-state'))).toBe('Loading the report…');
    await press(page, 'report-cancel');
    expect(signal?.aborted).toBe(true);
    expect(text(page, 'report-cancelled')).toContain('Cancelled.');
    expect(named(page, 'report-trouble')).toBeNull();
    dailyReport.mockResolvedValueOnce({ day: DAY, totals: [ROUBLES] });
    await press(page, 'report-again');
    expect(named(page, 'report-row')).not.toBeNull();
  });

  it('ends its request when the page is left', async () => {
    let signal: AbortSignal | undefined;
    dailyReport.mockImplementationOnce((_: string, cancel: AbortSignal) => {
      signal = cancel;
      return new Promise(() => undefined);
    });
    await shown();
    fixture.destroy();
    expect(signal?.aborted).toBe(true);
    expect(stream.followers).toBe(0);
  });

  it('is asked for again when its day is over, and not before', async () => {
    dailyReport.mockImplementation((day: string) => Promise.resolve({ day, totals: [] }));
    await shown();
    await vi.advanceTimersByTimeAsync(11 * 3_600_000);
    expect(asked()).toEqual([DAY]);
    await vi.advanceTimersByTimeAsync(3_600_000);
    await settled();
    expect(asked()).toEqual([DAY, '2026-11-30']);
    fixture.destroy();
    await vi.advanceTimersByTimeAsync(48 * 3_600_000);
    expect(dailyReport).toHaveBeenCalledTimes(2);
  });

  it('says how it was made with the fault and without it, and is made again when that is switched', async () => {
    dailyReport.mockResolvedValue({ day: DAY, totals: [ROUBLES] });
    state.set('on');
    const page = await shown();
    expect(text(page, 'report-from-bets')).toBe('every bet – – – not measured yet');
    trace.mockResolvedValue({
      summary: { ...TRACE, trace_id: 't1' },
      spans: [query('bets', 1204)],
    });
    stream.tell('trace', { ...TRACE, trace_id: 't1' });
    await comes(page, 'report-from-bets', /^every bet 1,204 41\.0 ms \d+ ms Open the trace/);
    expect(named(page, 'report-trace-bets')?.getAttribute('href')).toBe('/traces/t1');

    expect(named(page, 'report-few')).toBeNull();
    expect(text(page, 'report-switch')).toBe('Fix it');
    await press(page, 'report-switch');
    expect(toggle).toHaveBeenCalledWith('slow-report');
    trace.mockResolvedValue({
      summary: { ...TRACE, trace_id: 't2' },
      spans: [query('reports', 1)],
    });
    state.set('fixed');
    await comes(page, 'report-from-totals', /^stored totals of the day 1 /);
    expect(text(page, 'report-from-bets')).toMatch(/^every bet 1,204 /);
    expect(named(page, 'report-fault')?.dataset['state']).toBe('fixed');
  });
});
