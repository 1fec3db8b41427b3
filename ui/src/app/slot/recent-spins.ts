import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';

import { toMilliseconds } from '../core/api/micros';
import { Language } from '../core/i18n/language';
import { Address } from '../core/ui/address';
import { tracePath } from '../core/ui/trace-place';
import { FollowedSpin } from './spin-path/followed-spin';
import { Play } from './play/play';

/** The last spins of this window, each with the time of its trace, or from the press to the reply. */
@Component({
  selector: 'rs-recent-spins',
  template: `
    <h2>{{ say('recent.title') }}</h2>
    @if (chips().length === 0) {
      <p>{{ say('recent.none') }}</p>
    } @else {
      <ol>
        @for (chip of chips(); track chip.key) {
          <li [class]="chip.kind" data-test="recent-spin">
            @if (chip.href; as href) {
              <a
                [href]="href"
                [title]="say('viewer.path.open')"
                (click)="address.follow($event, href)"
                >{{ chip.text }} <span>{{ chip.time }}</span> <span aria-hidden="true">›</span></a
              >
            } @else {
              {{ chip.text }} <span>{{ chip.time }}</span>
            }
          </li>
        }
      </ol>
    }
  `,
  styleUrl: './recent-spins.css',
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RecentSpins {
  private readonly language = inject(Language);
  private readonly play = inject(Play);
  private readonly spin = inject(FollowedSpin);
  protected readonly address = inject(Address);
  protected readonly say = this.language.say;

  protected readonly chips = computed(() =>
    this.play.recent().map(({ key, kind, change, currency, roundTripMs, traceId }) => ({
      key,
      href: traceId && tracePath(traceId),
      kind,
      text:
        kind === 'won' || kind === 'lost'
          ? this.language.formats().change(change, currency)
          : this.say(`recent.${kind}`),
      time: this.timeOf(traceId, roundTripMs),
    })),
  );

  private timeOf(traceId: string | null, roundTripMs: number | null): string {
    const total = this.spin.totalOf(traceId);
    const took = total === null ? roundTripMs : toMilliseconds(total);
    return took === null ? '' : this.language.formats().duration(took);
  }
}
