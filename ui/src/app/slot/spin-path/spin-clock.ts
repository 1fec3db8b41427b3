import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { Language } from '../../core/i18n/language';
import { FollowedSpin } from './followed-spin';
import { Play } from '../play/play';
import { Stopwatch } from './stopwatch';

/** From this time on a person notices the wait, in milliseconds. */
const LONG_MS = 2_000;

/** The time of a running spin, and the station that it waits for. */
@Component({
  selector: 'rs-spin-clock',
  template: `
    <p class="clock" data-test="clock" aria-hidden="true" [class.long]="isLong()">{{ time() }}</p>
    <p data-test="waiting">{{ words() }}</p>
  `,
  styles: `
    p {
      min-height: 1.3rem;
      line-height: 1.3rem;
      font-size: 0.95rem;
      color: var(--soft);
    }
    .clock {
      min-height: 2.7rem;
      line-height: 2.7rem;
      font-size: 2.4rem;
      font-weight: 680;
      color: var(--text);
    }
    .long {
      color: var(--bad);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class SpinClock {
  private readonly language = inject(Language);
  private readonly play = inject(Play);
  private readonly stopwatch = inject(Stopwatch);
  private readonly spin = inject(FollowedSpin);

  protected readonly time = computed(() =>
    this.language.formats().stopwatch(this.stopwatch.elapsed()),
  );
  protected readonly isLong = computed(() => this.stopwatch.elapsed() >= LONG_MS);
  protected readonly words = computed(() => {
    const { say } = this.language;
    if (this.play.asking()) return say('machine.asking');
    if (this.play.phase() === 'stopping') return say('machine.answered');
    const waiting = this.spin.waiting();
    return waiting === null
      ? say('viewer.path.underWay')
      : say('viewer.path.waiting', { name: say(`viewer.path.names.${waiting}`) });
  });
}
