import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  effect,
  inject,
  output,
} from '@angular/core';

import { ExtraView } from '../core/api/parts';
import { FaultId, FaultState } from '../core/api/schema';
import { refusalWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { colourOf } from '../core/ui/service-colour';
import { tracePath } from '../core/ui/trace-place';
import { FaultStore } from '../faults/fault-store';
import { buttonKey } from '../faults/fault-words';
import { SOURCES } from './reading';
import { ReportStore } from './report-store';

/** With fewer bets both ways of making a report take about as long. */
const MANY_BETS = 1_000;
const SLOW_REPORT = 'slow-report' satisfies FaultId;

/** The fault that makes the report slow, with its switch, and how the reports were made with it and without. */
@Component({
  selector: 'rs-report-speed',
  templateUrl: './report-speed.html',
  styleUrls: ['../core/ui/insights.css', '../core/ui/switch-cards.css', './report-speed.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ReportSpeed {
  private readonly language = inject(Language);
  private readonly faults = inject(FaultStore);
  private readonly reports = inject(ReportStore);
  protected readonly address = inject(Address);
  protected readonly say = this.language.say;

  /** The fault was switched, so that the next report is made in another way. */
  readonly changed = output();

  private readonly fault = computed((): ExtraView | undefined =>
    this.faults.board()?.extras.find(({ id }) => id === SLOW_REPORT),
  );
  protected readonly card = computed(() => {
    const fault = this.fault();
    if (!fault) return null;
    const name = this.say(`faults.name.${SLOW_REPORT}`);
    const action = this.say(buttonKey(fault));
    const refusal = this.faults.refusal();
    return {
      name,
      state: fault.state,
      service: fault.service,
      colour: colourOf(fault.service),
      what: this.say(`faults.what.${SLOW_REPORT}`),
      action,
      actionLabel: this.say('faults.doOf', { action, name }),
      busy: this.faults.busy().has(SLOW_REPORT),
      refusal: refusal?.of === SLOW_REPORT ? this.language.text(refusalWords(refusal.error)) : '',
    };
  });
  protected readonly rows = computed(() => {
    const { duration, lapse, number } = this.language.formats();
    return SOURCES.map((source) => {
      const made = this.reports.measured().get(source);
      return {
        source,
        words: this.say(`insights.daily.source.${source}`),
        rows: made ? number(made.rows) : '–',
        query: made ? lapse(made.query) : '–',
        answer: made ? duration(made.tookMs) : '–',
        href: made ? tracePath(made.traceId) : null,
      };
    });
  });

  protected readonly few = computed(() => {
    const bets = this.reports.measured().get('bets')?.rows;
    if (bets === undefined || bets >= MANY_BETS) return '';
    const least = this.language.formats().number(MANY_BETS);
    return this.say('insights.daily.few', { least });
  });

  constructor() {
    inject(DestroyRef).onDestroy(this.faults.watch());
    let before: FaultState | undefined;
    effect(() => {
      const state = this.fault()?.state;
      if (before !== undefined && state !== undefined && state !== before) this.changed.emit();
      before = state ?? before;
    });
  }

  protected toggle(): void {
    void this.faults.toggle(SLOW_REPORT);
  }
}
