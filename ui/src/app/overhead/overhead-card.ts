import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  inject,
  signal,
} from '@angular/core';

import { fromMilliseconds, micros } from '../core/api/micros';
import { Comparison } from '../core/api/schema';
import { refusalWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';
import { bytesByRate, ratesOf, rounded } from './overhead';
import { OverheadStore } from './overhead-store';

/** The cost of telemetry on this machine, measured on request for the chosen share of traces. */
@Component({
  selector: 'rs-overhead-card',
  templateUrl: './overhead-card.html',
  styleUrls: ['../core/ui/slider.css', './overhead-card.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class OverheadCard {
  private readonly language = inject(Language);
  protected readonly store = inject(OverheadStore);
  protected readonly say = this.language.say;
  /** The position of the slider. */
  private readonly chosen = signal<number | null>(null);

  private readonly measured = this.store.measured;
  protected readonly rates = computed(() => ratesOf(this.measured().keys()));
  protected readonly rate = computed(() => {
    const view = this.store.view();
    if (view?.running) return rounded(view.sample_rate);
    // The slider starts at the last measured share.
    return this.chosen() ?? [...this.measured().keys()].at(-1) ?? 1;
  });
  protected readonly place = computed(() => Math.max(0, this.rates().indexOf(this.rate())));
  protected readonly rateText = computed(() => this.share(this.rate()));

  protected readonly method = computed(() => {
    const view = this.store.view();
    if (!view) return '';
    const { number } = this.language.formats();
    return this.say('overhead.method', {
      spins: number(view.spins),
      concurrency: number(view.concurrency),
    });
  });
  protected readonly running = computed(() => {
    const view = this.store.view();
    if (!view?.running) return null;
    const { number } = this.language.formats();
    const [done, total] = [view.done, view.total];
    return {
      share: done / total,
      words: this.say('overhead.running', {
        done: number(Math.min(done + 1, total)),
        total: number(total),
        rate: this.rateText(),
      }),
    };
  });
  protected readonly result = computed(() => this.measured().get(this.rate()) ?? null);
  protected readonly lines = computed(() => {
    const result = this.result();
    return result ? this.linesOf(result) : [];
  });
  protected readonly bars = computed(() =>
    bytesByRate(this.measured()).map(({ rate, bytes, width }) => ({
      rate,
      width,
      share: this.share(rate),
      bytes: this.kilobytes(bytes),
    })),
  );
  protected readonly refusal = computed(() => {
    const [error, failed] = [this.store.error(), this.store.view()?.failed ?? null];
    if (error !== null) return { words: this.language.text(refusalWords(error)), detail: '' };
    return failed === null ? null : { words: this.say('overhead.failed'), detail: failed };
  });

  constructor() {
    inject(DestroyRef).onDestroy(this.store.watch());
  }

  protected choose(place: number): void {
    this.chosen.set(this.rates()[place] ?? 1);
  }

  protected measure(): void {
    const rate = this.rate();
    this.chosen.set(rate);
    void this.store.measure(rate);
  }

  private linesOf({ off, on, ...added }: Comparison) {
    const { lapse, lapseChange, number, percent } = this.language.formats();
    const ms = (value: number | null): string =>
      value === null ? '–' : lapse(fromMilliseconds(value));
    const more = (value: number | null): string =>
      value === null ? '–' : lapseChange(micros(Math.round(value * 1000)));
    const times = (
      name: 'cpu' | 'p50' | 'p95',
      values: (number | null)[],
      difference: number | null,
    ) => ({
      name,
      label: this.say(`overhead.${name}`),
      hint: name === 'cpu' ? this.say('overhead.cpuHint') : this.say(`impact.${name}Hint`),
      off: ms(values[0] ?? null),
      on: ms(values[1] ?? null),
      added: more(difference),
    });
    return [
      times('cpu', [off.cpu_ms_per_spin, on.cpu_ms_per_spin], added.added_cpu_ms),
      times('p50', [off.p50_ms, on.p50_ms], added.added_p50_ms),
      times('p95', [off.p95_ms, on.p95_ms], on.p95_ms - off.p95_ms),
      {
        name: 'bytes',
        label: this.say('overhead.bytes'),
        hint: '',
        off: this.kilobytes(off.bytes_per_spin),
        on: this.kilobytes(on.bytes_per_spin),
        added: `+${this.kilobytes(on.bytes_per_spin - off.bytes_per_spin)}`,
      },
      {
        name: 'saturated',
        label: this.say('overhead.saturated'),
        hint: this.say('overhead.saturatedHint', {
          concurrency: number(this.store.view()?.concurrency ?? 0),
        }),
        off: number(off.saturated_per_s),
        on: number(on.saturated_per_s),
        added: this.say('overhead.ratio', { share: percent(100 * added.saturated_ratio, 0) }),
      },
    ];
  }

  private share(rate: number): string {
    return this.language.formats().percent(100 * rate, 0);
  }

  private kilobytes(bytes: number): string {
    const { number } = this.language.formats();
    return this.say('overhead.kilobytes', { count: number(bytes / 1000, bytes === 0 ? 0 : 1) });
  }
}
