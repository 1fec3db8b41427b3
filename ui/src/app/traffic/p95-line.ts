import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  inject,
  input,
} from '@angular/core';

import { fromMilliseconds } from '../core/api/micros';
import { Language } from '../core/i18n/language';
import { P95History, placeOf, pointsOf } from './p95-history';
import { TrafficStore } from './traffic-store';

/** A time at which something was switched, by `performance.now()`. */
export interface SwitchMark {
  readonly at: number;
  /** Whether a problem was fixed. */
  readonly good: boolean;
}

/** P95 of the running virtual players over the last minute, with a mark at each switch; empty while none run. */
@Component({
  selector: 'rs-p95-line',
  template: `
    @if (shown(); as shown) {
      <div data-test="p95-line">
        <p [title]="say('traffic.p95Hint')">
          <span>{{ shown.title }}</span> <b>{{ shown.now }}</b>
        </p>
        <svg viewBox="0 0 1 1" preserveAspectRatio="none" aria-hidden="true">
          @for (mark of shown.marks; track $index) {
            <line
              [class.good]="mark.good"
              [attr.x1]="mark.place"
              [attr.x2]="mark.place"
              y1="0"
              y2="1"
            />
          }
          <polyline [attr.points]="shown.points" />
        </svg>
        <span class="most" aria-hidden="true">{{ shown.most }}</span>
      </div>
    }
  `,
  styles: `
    div {
      display: grid;
      grid-template-columns: 8rem 1fr auto;
      align-items: center;
      gap: var(--space-6);
      padding: var(--space-3) var(--space-8);
      border: var(--hair) solid var(--line);
      border-radius: 0.8rem;
      background: var(--panel);
    }
    p {
      display: grid;
      color: var(--dim);
      font-size: 0.85rem;
      line-height: 1.3;
    }
    b {
      color: var(--text);
      font-size: 1.25rem;
      font-weight: 640;
    }
    svg {
      width: 100%;
      height: 2.8rem;
      overflow: visible;
    }
    polyline {
      fill: none;
      stroke: var(--text);
      stroke-width: 2;
      stroke-linejoin: round;
      vector-effect: non-scaling-stroke;
    }
    line {
      stroke: var(--warn);
      stroke-width: 2;
      vector-effect: non-scaling-stroke;
    }
    line.good {
      stroke: var(--good);
    }
    .most {
      align-self: start;
      color: var(--dim);
      font-size: 0.85rem;
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class P95Line {
  readonly marks = input.required<readonly SwitchMark[]>();
  private readonly language = inject(Language);
  private readonly store = inject(TrafficStore);
  private readonly history = inject(P95History);
  protected readonly say = this.language.say;

  protected readonly shown = computed(() => {
    const players = this.store.traffic()?.players ?? 0;
    const samples = this.history.samples();
    const last = samples.at(-1);
    if (!last) return null;
    const most = Math.max(...samples.map(({ p95 }) => p95), 1);
    const { lapse } = this.language.formats();
    return {
      title: this.language.count('traffic.p95Of', players),
      now: lapse(fromMilliseconds(last.p95)),
      most: lapse(fromMilliseconds(most)),
      points: pointsOf(samples, last.at, most),
      marks: this.marks()
        .map(({ at, good }) => ({ place: placeOf(at, last.at), good }))
        .filter(({ place }) => place >= 0 && place <= 1),
    };
  });

  constructor() {
    inject(DestroyRef).onDestroy(this.store.watch());
  }
}
