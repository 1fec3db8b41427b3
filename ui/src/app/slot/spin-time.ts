import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Language } from '../core/language';
import { Play } from './play';

/** What the time of the last spin went into, as this page measured it: the services' answer, and the reels. */
@Component({
  selector: 'rs-spin-time',
  template: `
    @if (shown(); as spin) {
      <p class="total" [title]="say('time.explained')">
        {{ spin.before }}<b data-test="spin-time">{{ spin.total }}</b
        >{{ spin.after }}
      </p>
      <div class="bar" aria-hidden="true">
        <span class="services" [style.flex-grow]="spin.servicesMs"></span>
        <span class="reels" [style.flex-grow]="spin.reelsMs"></span>
      </div>
      <ul>
        <li class="services">
          {{ say('time.services') }} <b>{{ spin.services }}</b>
        </li>
        <li class="reels">
          {{ say('time.reels') }} <b>{{ spin.reels }}</b>
        </li>
      </ul>
    } @else {
      <p class="total none">{{ say('time.none') }}</p>
    }
  `,
  styleUrl: './spin-time.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SpinTime {
  private readonly language = inject(Language);
  private readonly play = inject(Play);
  protected readonly say = this.language.say;

  protected readonly shown = computed(() => {
    const spin = this.play.recent()[0];
    if (!spin) return null;
    const { duration } = this.language.formats();
    const reelsMs = spin.totalMs - spin.roundTripMs;
    // The figure stands out of its sentence, wherever the language puts it.
    const [before, after] = this.say('time.total', { time: '\n' }).split('\n');
    return {
      before,
      after,
      total: duration(spin.totalMs),
      servicesMs: spin.roundTripMs,
      services: duration(spin.roundTripMs),
      reelsMs,
      reels: duration(reelsMs),
    };
  });
}
