import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { BusinessPage } from '../business/business-page';
import { CalculatorPage } from '../calculator/calculator-page';
import { Address } from '../core/ui/address';
import { partAt } from '../core/ui/business-part';
import { PartFailed, PartLoading } from '../core/ui/part-states';
import { DailyReportPage } from '../daily-report/daily-report-page';
import { ImpactPage } from '../impact/impact-page';
import { ReleasesPage } from '../releases/releases-page';

/**
 * The pages below `/business`: before and after, money, the report by day, releases, and the value
 * calculator. Each is loaded when it is shown.
 */
@Component({
  selector: 'rs-business-screen',
  imports: [
    PartFailed,
    PartLoading,
    BusinessPage,
    CalculatorPage,
    DailyReportPage,
    ImpactPage,
    ReleasesPage,
  ],
  template: `
    @if (part() === 'impact') {
      @defer (on immediate) {
        <rs-impact-page />
      } @placeholder {
        <rs-part-loading />
      } @error {
        <rs-part-failed part="impact" />
      }
    } @else if (part() === 'releases') {
      @defer (on immediate) {
        <rs-releases-page />
      } @placeholder {
        <rs-part-loading />
      } @error {
        <rs-part-failed part="releases" />
      }
    } @else if (part() === 'daily_report') {
      @defer (on immediate) {
        <rs-daily-report-page />
      } @placeholder {
        <rs-part-loading />
      } @error {
        <rs-part-failed part="daily-report" />
      }
    } @else if (part() === 'calculator') {
      @defer (on immediate) {
        <rs-calculator-page />
      } @placeholder {
        <rs-part-loading />
      } @error {
        <rs-part-failed part="calculator" />
      }
    } @else {
      @defer (on immediate) {
        <rs-business-page />
      } @placeholder {
        <rs-part-loading />
      } @error {
        <rs-part-failed part="business" />
      }
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class BusinessScreen {
  private readonly address = inject(Address);
  protected readonly part = computed(() => partAt(this.address.path()));
}
