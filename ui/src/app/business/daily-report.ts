import { ChangeDetectionStrategy, Component, computed, inject, resource } from '@angular/core';

import { Gateway } from '../core/api/gateway';
import { Session } from '../core/api/session';
import { Language } from '../core/i18n/language';

/**
 * The operator's report of today (UTC). The payment-service makes it from the ledger, not from
 * traces, so it also counts spins that telemetry has not recorded. The duration of the reply is
 * shown, because a fault of the demo makes this report slow.
 */
@Component({
  selector: 'rs-daily-report',
  template: `
    <section class="card">
      <h2>
        {{ say('insights.business.today') }}
        <small class="hint" data-test="daily-took">{{ took() }}</small>
        <button
          type="button"
          class="quiet"
          data-test="daily-again"
          [disabled]="report.isLoading()"
          (click)="report.reload()"
        >
          {{ say('insights.business.refresh') }}
        </button>
      </h2>
      @if (report.error()) {
        <p role="alert">{{ say('insights.business.reportFailed') }}</p>
      } @else if (figures(); as figures) {
        <p data-test="daily-report" [attr.aria-busy]="report.isLoading()">{{ figures }}</p>
      } @else {
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

  protected readonly report = resource({
    loader: async () => {
      const began = performance.now();
      const { totals } = await this.gateway.dailyReport();
      return { totals, tookMs: performance.now() - began };
    },
  });

  protected readonly took = computed(() => {
    if (!this.report.hasValue()) return '';
    const { duration } = this.language.formats();
    return this.say('insights.business.took', { time: duration(this.report.value().tookMs) });
  });

  /** The totals in the player's currency, in which this page shows all amounts. */
  protected readonly figures = computed(() => {
    if (!this.report.hasValue()) return '';
    const currency = this.session.currency();
    const totals = this.report.value().totals.find((total) => total.currency === currency);
    if (!totals) return this.say('insights.business.noBets');
    const { money, percent } = this.language.formats();
    return this.language.count('insights.business.bets', totals.bets, {
      staked: money(totals.stakes, currency),
      paid: money(totals.payouts, currency),
      rtp: percent((100 * totals.payouts) / totals.stakes),
    });
  });
}
