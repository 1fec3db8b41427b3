import { ChangeDetectionStrategy, Component, input, output, signal } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { By } from '@angular/platform-browser';

import { CalculatorStore } from '../core/api/calculator-store';
import { micros } from '../core/api/micros';
import { PaytableStore } from '../core/api/paytable-store';
import { Session } from '../core/api/session';
import { provideLanguages } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import type { BusinessPage } from './business-page';
import type { Drawing } from './line-chart';
import { SpinMoney } from './spin-money';
import { SpinsStore } from './spins-store';

/**
 * jsdom draws nothing, so the tests check what is passed to the charts, and where a click leads.
 */
@Component({
  selector: 'rs-line-chart',
  template: '',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
class ChartDouble {
  readonly drawing = input.required<Drawing>();
  readonly label = input.required<string>();
  readonly pointText = input.required<(index: number) => string>();
  readonly chosen = output<number>();
}

const spin = (number: number, more: Partial<SpinMoney> = {}): SpinMoney => ({
  traceId: `t${number}`,
  arrived: 1,
  at: micros(number * 1_000_000),
  stake: 1_000,
  payout: 500,
  failed: false,
  byChance: true,
  release: '1.0.0',
  name: 'slot-machine-spin',
  currency: 'RUB',
  ...more,
});

describe('the business page', () => {
  const address = { path: vi.fn(() => '/business'), go: vi.fn(), follow: vi.fn() };
  const store = {
    spins: signal<readonly SpinMoney[]>([]),
    state: signal('ready'),
    truncated: signal(false),
    watch: () => () => undefined,
  };
  const volume = signal(10_000);
  let fixture: ComponentFixture<BusinessPage>;
  let page: typeof BusinessPage;

  beforeEach(async () => {
    address.go.mockClear();
    // The chart library queries the screen when it is loaded; jsdom has none.
    vi.stubGlobal('matchMedia', () => ({ addEventListener: vi.fn() }));
    page = (await import('./business-page')).BusinessPage;
    const { LineChart } = await import('./line-chart');
    const { MoneyCard } = await import('./money-card');
    const { RtpCard } = await import('./rtp-card');
    TestBed.configureTestingModule({
      providers: [
        provideLanguages(),
        { provide: Address, useValue: address },
        {
          provide: CalculatorStore,
          useValue: {
            spinsPerHour: volume,
            assumeSpinsPerHour: (spins: number) => Promise.resolve(volume.set(spins)),
            watch: () => () => undefined,
          },
        },
        { provide: Session, useValue: { currency: () => 'RUB' } },
        { provide: SpinsStore, useValue: store },
        {
          provide: PaytableStore,
          useValue: {
            table: () => ({
              par_sheet: { rtp_percent: 96, volatility: { standard_deviation: 4.5 } },
            }),
          },
        },
      ],
    });
    const doubled = { remove: { imports: [LineChart] }, add: { imports: [ChartDouble] } };
    TestBed.overrideComponent(MoneyCard, doubled).overrideComponent(RtpCard, doubled);
  });
  afterEach(() => vi.unstubAllGlobals());

  async function shown(...spins: SpinMoney[]): Promise<HTMLElement> {
    store.spins.set(spins);
    fixture = TestBed.createComponent(page);
    await fixture.whenStable();
    return fixture.nativeElement as HTMLElement;
  }
  const text = (page: HTMLElement, name: string): string | undefined =>
    page.querySelector(`[data-test="${name}"]`)?.textContent.trim();
  const charts = (): ChartDouble[] =>
    fixture.debugElement
      .queryAll(By.directive(ChartDouble))
      .map(({ componentInstance }) => componentInstance as ChartDouble);

  it('adds up what was earned, and what failures cost apart', async () => {
    const page = await shown(spin(1), spin(2), spin(3, { failed: true, payout: 0 }));
    expect(
      ['staked', 'paid', 'ggr', 'failed', 'rtp'].map((name) => text(page, `business-${name}`)),
    ).toEqual(['20.00 ₽', '10.00 ₽', '10.00 ₽', '10.00 ₽', '50.00%'].map(nonBreaking));
  });

  it('leaves rounds that were spun again out of the RTP, and says how many', async () => {
    const again = spin(2, { byChance: false, payout: 90_000 });
    const page = await shown(spin(1), again);
    expect(text(page, 'business-paid')).toBe(nonBreaking('905.00 ₽'));
    expect([text(page, 'business-rtp'), text(page, 'business-replays')]).toEqual([
      '50.00%',
      'Replayed rounds left out: 1',
    ]);
    expect(
      page.querySelector('[data-test="release-row"] td:nth-child(6)')?.textContent.trim(),
    ).toBe('50.00%');
    expect(text(page, 'rtp-bullet')).toMatch(/^After 1 spin any RTP/);
  });

  it('draws failed payments over time, and leads to their traces', async () => {
    const page = await shown(
      spin(1),
      spin(2, { failed: true, payout: 0 }),
      spin(3, { failed: true, payout: 0, release: '1.1.0' }),
    );
    const { series, ys } = charts()[0]?.drawing() ?? expect.fail();
    const at = series.findIndex(({ label }) => label === 'Failed payments');
    const staked = series.findIndex(({ label }) => label === 'GGR');
    // The bars stand one upon the other: the stakes of failed spins are what is above the others.
    expect((ys[at]?.[0] ?? 0) - (ys[staked]?.[0] ?? 0)).toBe(20);
    const links = ['failed-traces', 'release-failures'].flatMap((name) =>
      [...page.querySelectorAll(`[data-test="${name}"]`)].map((link) => link.getAttribute('href')),
    );
    const all = '/traces?outcome=failed&name=slot-machine-spin';
    expect(links).toEqual([
      all,
      ...['1.1.0', '1.0.0'].map(
        (release) => `/traces?outcome=failed&release=${release}&name=slot-machine-spin`,
      ),
    ]);
    page.querySelector<HTMLElement>('[data-test="failed-traces"]')?.click();
    expect(address.follow).toHaveBeenCalledWith(expect.anything(), '/traces', {
      outcome: 'failed',
      name: 'slot-machine-spin',
    });
  });

  it('leads nowhere where nothing failed', async () => {
    const page = await shown(spin(1));
    expect(page.querySelector('[data-test="failed-traces"], [data-test="release-failures"]')).toBe(
      null,
    );
  });

  it('adds no amounts of other currencies', async () => {
    const page = await shown(spin(1), spin(2, { currency: 'EUR' }), spin(3, { currency: '' }));
    expect(text(page, 'business-staked')).toBe(nonBreaking('20.00 ₽'));
  });

  it('draws no chart of the RTP before there are a hundred spins, but says how many do', async () => {
    const few = await shown(...Array.from({ length: 99 }, (_, number) => spin(number)));
    expect([text(few, 'business-verdict'), charts().length]).toEqual(['too few spins to say', 1]);
    expect(text(few, 'business-band')).toBe('about 2,000 spins are enough');
    expect(text(few, 'rtp-bullet')).toMatch(/About 2,000 spins are enough for a verdict\./);
    await shown(...Array.from({ length: 100 }, (_, number) => spin(number)));
    expect(charts()[1]?.drawing()).toMatchObject({ yMost: 200 });
  });

  it('judges the RTP once the interval is narrow', async () => {
    const many = (payout: number): SpinMoney[] =>
      Array.from({ length: 2_000 }, (_, number) => spin(number, { payout }));
    const verdict = async (payout: number): Promise<(string | undefined)[]> => {
      const page = await shown(...many(payout));
      return [text(page, 'business-verdict'), text(page, 'business-band')];
    };
    const band = '95% confidence interval: 76.3% – 115.7%';
    expect(await verdict(1_000)).toEqual(['within the interval', band]);
    expect(await verdict(1_340)).toEqual(['outside the interval', band]);
  });

  it('projects the loss to an hour at an assumed volume, from a hundred spins on', async () => {
    const lost = (count: number): SpinMoney[] => [
      ...Array.from({ length: count - 1 }, (_, number) => spin(number)),
      spin(count, { failed: true, payout: 0 }),
    ];
    expect(text(await shown(...lost(99)), 'loss-too-few')).toMatch(/100 are enough/);
    const page = await shown(...lost(100));
    // 10 roubles in 100 spins, at 10,000 spins per hour.
    expect(text(page, 'loss-per-hour')).toBe(nonBreaking('≈1,000 ₽'));
    const field = page.querySelector<HTMLInputElement>('[data-test="volume"]') ?? expect.fail();
    field.value = '1,000,000';
    field.dispatchEvent(new Event('change'));
    await fixture.whenStable();
    expect(text(page, 'loss-per-hour')).toBe(nonBreaking('≈100,000 ₽'));
  });

  it('leads from a point of the RTP to the traces of its spins', async () => {
    await shown(...Array.from({ length: 100 }, (_, number) => spin(number)));
    charts()[1]?.chosen.emit(2);
    expect(address.go).toHaveBeenCalledWith('/traces', {
      since: '2000000',
      until: '2000001',
      name: 'slot-machine-spin',
    });
  });

  it('leads from a while to its traces, of whatever name they are', async () => {
    await shown(spin(1), spin(1.5, { name: 'POST /payments' }), spin(30));
    charts()[0]?.chosen.emit(0);
    expect(address.go).toHaveBeenCalledWith('/traces', { since: '1000000', until: '1500001' });
    address.go.mockClear();
    // There are no spins in this period, so the click leads nowhere.
    charts()[0]?.chosen.emit(1);
    expect(address.go).not.toHaveBeenCalled();
  });

  it('has a row for each release, the newest first', async () => {
    const page = await shown(spin(1, { release: '1.9.0' }), spin(2, { release: '1.10.0' }));
    const names = [...page.querySelectorAll('[data-test="release-row"] td:first-child')].map(
      (cell) => cell.textContent.trim(),
    );
    expect(names).toEqual(['1.10.0 →', '1.9.0 →']);
  });

  it('says that there is nothing yet', async () =>
    expect(text(await shown(), 'business-empty')).toMatch(/^No traces of spins yet/));
});

function nonBreaking(words: string): string {
  return words.replace(' ', '\u00a0');
}
