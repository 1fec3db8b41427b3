import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  effect,
  inject,
  input,
  signal,
} from '@angular/core';

import { LEAST_PROJECTED, lostPerHour } from '../business/projection';
import { VolumeField } from '../business/volume-field';
import { wholeMoney } from '../business/whole-money';
import { fromMilliseconds } from '../core/api/micros';
import { CalculatorStore } from '../core/api/calculator-store';
import { Gateway } from '../core/api/gateway';
import { Figures, TraceSummary } from '../core/api/schema';
import { Session } from '../core/api/session';
import { Language } from '../core/i18n/language';
import { colourOf } from '../core/ui/service-colour';
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
  private readonly gateway = inject(Gateway);
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
  /** The median spin before the fix; null while it is not read, and after it was deleted. */
  private readonly example = signal<TraceSummary | null>(null);
  private readonly exampleId = computed(() => this.pair().before_trace);
  /** Who took most of the wait before the fix. */
  protected readonly culprit = computed(() => {
    const example = this.example();
    const [part] = example?.critical_path ?? [];
    if (!example || !part) return null;
    const share = this.language.formats().percent((100 * part.time_us) / example.root_us, 0);
    return {
      colour: colourOf(part.actor),
      words: this.say('impact.hero.culprit', { name: part.actor, share }),
    };
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
    effect(() => void this.read(this.exampleId()));
  }

  private async read(id: string | null): Promise<void> {
    const detail = id === null ? null : await this.gateway.trace(id).catch(() => null);
    if (id === this.exampleId()) this.example.set(detail?.summary ?? null);
  }

  private perHour({ failed_minor, spins, recorded }: Figures): number | null {
    return lostPerHour(failed_minor, spins, this.calculator.spinsPerHour(), recorded);
  }

  private errorMark(): 'good' | 'bad' | '' {
    const { way } = errorVerdict(this.pair());
    return way === 'fewer' ? 'good' : way === 'more' ? 'bad' : '';
  }
}
