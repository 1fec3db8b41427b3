import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Micros, ZERO, fromMilliseconds, toMilliseconds } from '../../core/api/micros';
import { Language } from '../../core/i18n/language';
import { colourOf } from '../../core/ui/service-colour';
import { FollowedSpin } from './followed-spin';
import { Play } from '../play/play';
import { Segment, scaleOf, segmentsOf } from './spin-segments';
import { Stopwatch } from './stopwatch';

/** The time of the last spin as one stacked bar in the order of the stations, above that of the same round before. */
@Component({
  selector: 'rs-spin-bar',
  template: `
    @if (ghost(); as ghost) {
      <!-- An element for each spin, because an animation that has ended does not begin again. -->
      @for (race of [race()]; track race.begunAt) {
        <div
          class="ghost"
          data-test="ghost"
          [style.animation-duration.ms]="race.takes"
          [style.animation-delay.ms]="race.delay"
        >
          @for (segment of ghost.segments; track segment.name) {
            <i [style.width.%]="segment.width * 100" [style.background]="segment.colour"></i>
          }
        </div>
      }
    }
    <div class="now">
      @for (segment of segments(); track segment.name) {
        <i
          [class]="segment.state"
          [style.width.%]="segment.width * 100"
          [style.--colour]="segment.colour"
          ><b>{{ segment.label }}</b></i
        >
      }
    </div>
    @if (ghost(); as ghost) {
      <span class="was">{{ ghost.label }}</span>
    }
  `,
  styleUrl: './spin-bar.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { 'aria-hidden': 'true', 'data-test': 'spin-bar' },
})
export class SpinBar {
  private readonly language = inject(Language);
  private readonly play = inject(Play);
  private readonly spin = inject(FollowedSpin);
  private readonly stopwatch = inject(Stopwatch);

  private readonly elapsed = computed(() => fromMilliseconds(this.stopwatch.elapsed()));
  private readonly scale = computed((): Micros =>
    scaleOf(this.spin.layout(), this.elapsed(), this.spin.before()),
  );
  protected readonly segments = computed(() => {
    const running = this.play.phase() === 'spinning' ? this.elapsed() : null;
    const found = segmentsOf(this.spin.path(), this.scale(), running);
    return found.map((segment) => this.shown(segment));
  });
  protected readonly ghost = computed(() => {
    const before = this.spin.before();
    if (!before) return null;
    return {
      segments: segmentsOf(before.stations, this.scale(), null).map((each) => this.shown(each)),
      label: this.language.say('spin.was', {
        time: this.language.formats().duration(toMilliseconds(before.total)),
      }),
    };
  });
  /** Read once, because a change of the delay would move the animation. */
  protected readonly race = computed(() => {
    const begunAt = this.play.last()?.begunAt ?? 0;
    const takes = toMilliseconds(this.spin.before()?.total ?? ZERO);
    return { begunAt, takes, delay: begunAt - performance.now() };
  });

  private shown({ name, state, width, share }: Segment) {
    return {
      name,
      state,
      width,
      colour: colourOf(name),
      label: share === null ? '' : this.language.formats().percent(share * 100, 0),
    };
  }
}
