import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  effect,
  inject,
  signal,
  untracked,
} from '@angular/core';

import { BusinessParts } from '../business/business-parts';
import { bandOf, enoughSpins, rtpVerdict } from '../business/confidence';
import { PaytableStore } from '../core/api/paytable-store';
import { DayTotals } from '../core/api/schema';
import { refusalWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { LoadWords } from '../core/ui/load-words';
import { dayOf, daysLater, today } from './days';
import { ReportSpeed } from './report-speed';
import { ReportStore } from './report-store';

/** Interval of looking whether another day has begun, in milliseconds; a timer until midnight is late on a computer that has slept. */
const DAY_CHECK_MS = 60_000;

/**
 * The operator's report by day (UTC). The payment-service makes it from the ledger, not from traces, so it also counts
 * spins that telemetry has not recorded. A fault of the demo makes it slow, hence its duration and its switch.
 */
@Component({
  selector: 'rs-daily-report-page',
  imports: [BusinessParts, LoadWords, ReportSpeed],
  templateUrl: './daily-report-page.html',
  styleUrls: ['../core/ui/insights.css', './daily-report-page.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DailyReportPage {
  private readonly language = inject(Language);
  private readonly paytable = inject(PaytableStore);
  protected readonly address = inject(Address);
  protected readonly store = inject(ReportStore);
  protected readonly say = this.language.say;

  private readonly today = signal(today());
  protected readonly day = computed(
    () => dayOf(this.address.query().get('day'), this.today()) ?? this.today(),
  );
  protected readonly isToday = computed(() => this.day() === this.today());
  protected readonly dayWords = computed(() => this.language.formats().day(this.day()));
  /** The answer for the shown day; null while it is not known. */
  private readonly answer = computed(() => {
    const answer = this.store.answer();
    return answer?.asked === this.day() ? answer : null;
  });
  protected readonly took = computed(() => {
    const answer = this.answer();
    if (!answer) return '';
    const { duration, time } = this.language.formats();
    return this.say('insights.daily.took', {
      time: duration(answer.tookMs),
      at: time(answer.answeredAt),
    });
  });
  protected readonly trouble = computed(() => {
    const error = this.store.error();
    return error === null || this.store.busy() ? '' : this.language.text(refusalWords(error));
  });
  protected readonly rows = computed(() => this.answer()?.totals.map((of) => this.rowOf(of)));

  constructor() {
    const destroyed = inject(DestroyRef);
    destroyed.onDestroy(this.store.watch());
    // A report of another day, and a report that another source makes, are asked for at once.
    effect(() => {
      const day = this.day();
      untracked(() => void this.store.load(day));
    });
    const timer = setInterval(() => this.today.set(today()), DAY_CHECK_MS);
    destroyed.onDestroy(() => clearInterval(timer));
  }

  /** The second press of a double click does not cancel what the first one asked for. */
  protected press({ detail }: MouseEvent): void {
    if (!this.store.busy()) this.load();
    else if (detail <= 1) this.store.cancel();
  }

  protected load(): void {
    void this.store.load(this.day());
  }

  protected move(days: number): void {
    this.show(daysLater(this.day(), days));
  }

  /** Today has no day in the address, so that it stays today. */
  protected show(day: string): void {
    this.address.change({ day: day >= this.today() ? '' : day });
  }

  private rowOf({ currency, bets, stakes, payouts }: DayTotals) {
    const { money, number, percent } = this.language.formats();
    const par = this.paytable.table()?.par_sheet;
    const exact = (par?.rtp_percent ?? 0) / 100;
    // The ledger keeps no single stakes; different ones make the interval wider than equal ones do.
    const sample = { staked: stakes, squares: bets > 0 ? stakes ** 2 / bets : 0 };
    const band = par ? bandOf(exact, par.volatility.standard_deviation, sample) : null;
    const half = band ? band.high - exact : 0;
    const isFew = band !== null && rtpVerdict(payouts / stakes, exact, half) === 'few';
    return {
      currency,
      bets: number(bets),
      staked: money(stakes, currency),
      paid: money(payouts, currency),
      ggr: money(stakes - payouts, currency),
      rtp: stakes > 0 ? percent((100 * payouts) / stakes) : '–',
      rtpHint: this.say('insights.daily.rtpHint', { exact: percent(exact * 100, 3) }),
      few: isFew ? this.say('insights.business.few') : '',
      enough: isFew
        ? this.say('insights.business.enough', { count: number(enoughSpins(bets, half)) })
        : '',
    };
  }
}
