import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  inject,
  input,
} from '@angular/core';

import { LEAST_PROJECTED, lostPerHour } from '../business/projection';
import { VolumeField } from '../business/volume-field';
import { wholeMoney } from '../business/whole-money';
import { fromMilliseconds } from '../core/api/micros';
import { CalculatorStore } from '../core/api/calculator-store';
import { Figures } from '../core/api/schema';
import { Session } from '../core/api/session';
import { Language } from '../core/i18n/language';
import { WholePair, about, errorVerdict, judged, timeVerdict } from './impact';
import { verdictWords } from './verdict-words';

/** Three large figures of one pair: how long a player waits, how many spins fail, and what that costs. */
@Component({
  selector: 'rs-impact-hero',
  imports: [VolumeField],
  templateUrl: './impact-hero.html',
  styleUrl: './impact-hero.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class ImpactHero {
  readonly pair = input.required<WholePair>();

  private readonly language = inject(Language);
  private readonly session = inject(Session);
  private readonly calculator = inject(CalculatorStore);
  protected readonly say = this.language.say;

  protected readonly wait = computed(() => {
    const { before, after } = this.pair();
    const { lapse } = this.language.formats();
    return {
      before: lapse(fromMilliseconds(before.p50_ms)),
      after: lapse(fromMilliseconds(after.p50_ms)),
      mark: this.waitWords().way === 'few' ? '' : judged(before.p50_ms, after.p50_ms),
    };
  });
  protected readonly waitWords = computed(() => {
    const { before, after } = this.pair();
    return verdictWords(this.language, timeVerdict(this.pair(), [before.p50_ms, after.p50_ms]));
  });
  protected readonly errors = computed(() => {
    const { before, after } = this.pair();
    const { percent } = this.language.formats();
    return {
      before: about(before) + percent(before.error_rate_percent, 1),
      after: about(after) + percent(after.error_rate_percent, 1),
      mark: this.errorMark(),
    };
  });
  protected readonly errorWords = computed(() =>
    verdictWords(this.language, errorVerdict(this.pair())),
  );
  protected readonly spins = computed(() => {
    const { before, after } = this.pair();
    const { number } = this.language.formats();
    return this.say('impact.hero.spins', {
      before: about(before) + number(before.spins),
      after: about(after) + number(after.spins),
    });
  });

  /** The projection needs enough spins on both sides; with fewer, the measured sums are shown. */
  private readonly projected = computed(() => {
    const { before, after } = this.pair();
    const [one, other] = [this.perHour(before), this.perHour(after)];
    return one === null || other === null ? null : { before: one, after: other };
  });
  protected readonly isProjected = computed(() => this.projected() !== null);
  protected readonly lost = computed(() => {
    const projected = this.projected();
    const { before, after } = this.measured();
    if (!projected) return { before, after, mark: '' };
    const words = (minor: number): string =>
      wholeMoney(this.language, minor, this.session.currency());
    return {
      before: words(projected.before),
      after: words(projected.after),
      mark: this.errorMark(),
    };
  });
  protected readonly measured = computed(() => {
    const { before, after } = this.pair();
    const words = (figures: Figures): string =>
      about(figures) + this.language.formats().money(figures.failed_minor, this.session.currency());
    return { before: words(before), after: words(after) };
  });
  protected readonly least = computed(() => this.language.formats().number(LEAST_PROJECTED));

  constructor() {
    inject(DestroyRef).onDestroy(this.calculator.watch());
  }

  private perHour({ failed_minor, spins, recorded }: Figures): number | null {
    return lostPerHour(failed_minor, spins, this.calculator.spinsPerHour(), recorded);
  }

  private errorMark(): 'good' | 'bad' | '' {
    const { way } = errorVerdict(this.pair());
    return way === 'fewer' ? 'good' : way === 'more' ? 'bad' : '';
  }
}
