import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';

import { Language } from '../core/i18n/language';
import { Band, RtpVerdict } from './confidence';

/** The end of the scale, as a fraction of 1. */
const END = 2;

/** The observed RTP as a dot in the interval around the exact one, on a scale from 0 to 200 % that is always the same. */
@Component({
  selector: 'rs-rtp-bullet',
  template: `
    <div class="track" role="img" [attr.aria-label]="words()" [title]="words()">
      <b [style.left.%]="place(band().low)" [style.right.%]="100 - place(band().high)"></b>
      <u [style.left.%]="place(exact())"></u>
      <s [class]="verdict()" [style.left.%]="place(observed())"></s>
    </div>
    @if (scale()) {
      <div class="scale" aria-hidden="true">
        @for (mark of marks(); track mark.at) {
          <small [style.left.%]="mark.at">{{ mark.text }}</small>
        }
      </div>
    }
  `,
  styles: `
    :host {
      display: block;
      min-width: 0;
    }
    .track {
      position: relative;
      height: 0.7rem;
      border-radius: 0.2rem;
      background: var(--track);
    }
    .track > * {
      position: absolute;
    }
    b {
      top: 0;
      bottom: 0;
      border-radius: 0.2rem;
      background: var(--bar);
    }
    u {
      top: -0.2rem;
      bottom: -0.2rem;
      width: 0.12rem;
      background: var(--text);
    }
    s {
      top: -0.1rem;
      width: 0.9rem;
      height: 0.9rem;
      margin-left: calc(-1 * var(--space-4));
      border: 0.15rem solid var(--panel);
      border-radius: 50%;
      background: var(--text);
    }
    s.inside {
      background: var(--good);
    }
    s.outside {
      background: var(--bad);
    }
    .scale {
      position: relative;
      height: 1.4rem;
      margin-top: var(--space-4);
    }
    .scale small {
      position: absolute;
      color: var(--dim);
      font-size: 0.85rem;
      transform: translateX(-50%);
    }
    .scale small:first-child {
      transform: none;
    }
    .scale small:last-child {
      transform: translateX(-100%);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RtpBullet {
  readonly observed = input.required<number>();
  readonly exact = input.required<number>();
  readonly band = input.required<Band>();
  readonly verdict = input.required<RtpVerdict>();
  /** Whether the ends and the middle of the scale are labelled. */
  readonly scale = input(false);

  private readonly formats = inject(Language).formats;
  private readonly say = inject(Language).say;
  protected readonly marks = computed(() =>
    [0, 0.5, 1, 1.5, END].map((share) => ({
      at: this.place(share),
      text: this.formats().percent(share * 100, 0),
    })),
  );
  protected readonly words = computed(() => {
    const { percent } = this.formats();
    const { low, high } = this.band();
    return this.say('insights.business.bullet', {
      observed: percent(this.observed() * 100, 1),
      exact: percent(this.exact() * 100, 1),
      low: percent(low * 100, 1),
      high: percent(high * 100, 1),
    });
  });

  protected place(rtp: number): number {
    return (Math.min(Math.max(rtp, 0), END) / END) * 100;
  }
}
