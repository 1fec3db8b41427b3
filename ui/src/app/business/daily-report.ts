import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  inject,
  signal,
} from '@angular/core';

import { Followed } from '../core/api/followed';
import { Gateway } from '../core/api/gateway';
import { Session } from '../core/api/session';
import { refusalWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';

/** Interval of looking whether the day of the report is over, in milliseconds. */
const DAY_CHECK_MS = 60_000;

/**
 * The operator's report of today (UTC). The payment-service makes it from the ledger, not from
 * traces, so it also counts spins that telemetry has not recorded. The duration of the reply is
 * shown, because a fault of the demo makes this report slow, and its time, because the report
 * follows no spins.
 */
@Component({
  selector: 'rs-daily-report',
  template: `
    <section class="card">
      <div class="head">
        <h2>{{ say('insights.business.today') }}</h2>
        <small class="hint" data-test="daily-took">{{ took() }}</small>
        <button
          type="button"
          class="quiet"
          data-test="daily-again"
          [disabled]="busy()"
          (click)="load()"
        >
          {{ say('insights.business.refresh') }}
        </button>
      </div>
      @if (trouble(); as trouble) {
        <p role="alert">{{ trouble }}</p>
      }
      @if (figures(); as figures) {
        <p data-test="daily-report" [attr.aria-busy]="busy()">{{ figures }}</p>
      } @else if (busy()) {
        <p role="status">{{ say('insights.business.loading') }}</p>
      }
    </section>
  `,
  styleUrls: ['../core/ui/insights.css', './daily-report.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class DailyReport {
  private readonly gateway = inject(Gateway);
  private readonly language = inject(Language);
  private readonly session = inject(Session);
  protected readonly say = this.language.say;

  private readonly followed = new Followed(async () => {
    const began = performance.now();
    const { day, totals } = await this.gateway.dailyReport();
    const answeredAt = new Date().toISOString();
    return { day, totals, tookMs: performance.now() - began, answeredAt };
  });
  private readonly report = this.followed.value;
  protected readonly busy = signal(false);

  protected readonly took = computed(() => {
    const report = this.report();
    if (!report) return '';
    const { duration, time } = this.language.formats();
    return this.say('insights.business.took', {
      time: duration(report.tookMs),
      at: time(report.answeredAt),
    });
  });

  protected readonly trouble = computed(() => {
    const error = this.followed.error();
    return error === null ? '' : this.language.text(refusalWords(error));
  });

  /** The totals in the player's currency, in which this page shows all amounts. */
  protected readonly figures = computed(() => {
    const totals = this.report()?.totals;
    if (!totals) return '';
    const currency = this.session.currency();
    const own = totals.find((total) => total.currency === currency);
    if (!own) {
      const others = totals.map((total) => total.currency).join(', ');
      return others === ''
        ? this.say('insights.business.noBets')
        : this.say('insights.business.noBetsIn', { currency, others });
    }
    const { money, percent } = this.language.formats();
    return this.language.count('insights.business.bets', own.bets, {
      staked: money(own.stakes, currency),
      paid: money(own.payouts, currency),
      rtp: percent((100 * own.payouts) / own.stakes),
    });
  });

  constructor() {
    void this.load();
    // A timer until midnight is late on a computer that has slept.
    const timer = setInterval(() => this.followDay(), DAY_CHECK_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }

  protected async load(): Promise<void> {
    this.busy.set(true);
    await this.followed.load();
    this.busy.set(false);
  }

  private followDay(): void {
    const day = this.report()?.day;
    const today = new Date().toISOString().slice(0, 10);
    if (day !== undefined && day < today && !this.busy()) void this.load();
  }
}
