import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  inject,
  signal,
} from '@angular/core';

import { fromMilliseconds } from '../core/api/micros';
import { refusalWords } from '../core/i18n/error-words';
import { Language } from '../core/i18n/language';
import { Holds } from '../core/ui/holds';
import { TrafficStore } from './traffic-store';

const USUAL_BUDGET = 50;

/** Starts and stops the virtual players, and shows their state. */
@Component({
  selector: 'rs-traffic-controls',
  imports: [Holds],
  templateUrl: './traffic-controls.html',
  styleUrls: ['../core/ui/insights.css', '../core/ui/slider.css', './traffic-controls.css'],
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class TrafficControls {
  private readonly language = inject(Language);
  protected readonly store = inject(TrafficStore);
  protected readonly say = this.language.say;
  /** The position of the slider while it is dragged. */
  protected readonly dragged = signal<number | null>(null);
  /** The budget that applies again when the limit is switched on. */
  private budget = USUAL_BUDGET;

  protected readonly traffic = this.store.traffic;
  protected readonly players = computed(() => this.dragged() ?? this.traffic()?.players ?? 0);
  protected readonly playersText = computed(() => this.language.formats().number(this.players()));
  protected readonly budgetText = computed(() => {
    const percent = this.traffic()?.budget_percent;
    if (percent === null || percent === undefined) return this.say('traffic.noBudget');
    return this.say('traffic.budget', { percent: this.percent(percent) });
  });
  protected readonly live = computed(() => {
    const traffic = this.traffic();
    if (!traffic?.running) return null;
    const { lapse, number } = this.language.formats();
    return {
      rate: this.say('traffic.rate', { rate: number(traffic.per_second, 1) }),
      wanted: this.say('traffic.wanted', { rate: number(traffic.wanted_per_second, 1) }),
      p95:
        traffic.p95_ms === null
          ? ''
          : `${this.say('impact.p95')} ${lapse(fromMilliseconds(traffic.p95_ms))}`,
      cpu:
        traffic.cpu_percent === null
          ? ''
          : this.say('traffic.cpu', { share: this.percent(traffic.cpu_percent) }),
      spins: this.language.count('traffic.spins', traffic.spins),
      failed:
        traffic.failed === 0 ? '' : this.say('traffic.failed', { count: number(traffic.failed) }),
    };
  });
  protected readonly sentence = computed(() => {
    const traffic = this.traffic();
    if (!traffic?.running) return this.say('traffic.idle');
    if (traffic.budget_percent === null) return this.say('traffic.lifted');
    return traffic.throttled
      ? this.say('traffic.throttled', { percent: this.percent(traffic.budget_percent) })
      : this.say('traffic.running');
  });
  protected readonly refusal = computed(() => {
    const error = this.store.error();
    return error === null ? '' : this.language.text(refusalWords(error));
  });

  constructor() {
    inject(DestroyRef).onDestroy(this.store.watch());
  }

  protected async choosePlayers(players: number): Promise<void> {
    this.dragged.set(players);
    await this.store.wish({ players });
    this.dragged.set(null);
  }

  protected async chooseBudget(inForce: boolean): Promise<void> {
    this.budget = this.traffic()?.budget_percent ?? this.budget;
    await this.store.wish({ budget_percent: inForce ? this.budget : null });
  }

  private percent(value: number): string {
    return this.language.formats().percent(value, 0);
  }
}
