import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  output,
  signal,
} from '@angular/core';

import { Language } from '../../core/i18n/language';
import { RunKind, SPEEDS, Speed } from './run-plan';

/** What is to play itself, and how fast. */
export interface ChosenRun {
  readonly kind: RunKind;
  readonly speed: Speed;
}

/** The script plays itself: a rehearsal, or a booth, at a chosen speed. */
@Component({
  selector: 'rs-run-choice',
  template: `
    <h3>{{ say('presenter.run.title') }}</h3>
    <p class="dim">{{ say('presenter.run.hint') }}</p>
    <div class="line">
      <div class="choices" role="group" [attr.aria-label]="say('presenter.run.speed')">
        @for (each of speeds(); track each.speed) {
          <button
            type="button"
            [attr.data-test]="'run-speed-' + each.speed"
            [attr.aria-pressed]="each.speed === speed()"
            (click)="speed.set(each.speed)"
          >
            {{ each.words }}
          </button>
        }
      </div>
      <button
        type="button"
        class="quiet"
        data-test="run-rehearsal"
        (click)="chosen.emit({ kind: 'rehearsal', speed: speed() })"
      >
        {{ say('presenter.run.rehearsal') }}
      </button>
      <button
        type="button"
        class="quiet"
        data-test="run-booth"
        (click)="chosen.emit({ kind: 'booth', speed: speed() })"
      >
        {{ say('presenter.run.booth') }}
      </button>
    </div>
    @for (hint of hints(); track hint.name) {
      <p class="dim">
        <b>{{ hint.name }}</b>: {{ hint.words }}
      </p>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: var(--space-5);
    }
    h3 {
      font-size: 1rem;
    }
    .dim {
      color: var(--dim);
      font-size: 0.85rem;
    }
    .line {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: var(--space-6);
    }
  `,
  changeDetection: ChangeDetectionStrategy.OnPush,
})
export class RunChoice {
  private readonly language = inject(Language);
  protected readonly say = this.language.say;
  protected readonly hints = computed(() => [
    { name: this.say('presenter.run.rehearsal'), words: this.say('presenter.run.rehearsalHint') },
    { name: this.say('presenter.run.booth'), words: this.say('presenter.run.boothHint') },
  ]);
  protected readonly speed = signal<Speed>(1);
  protected readonly speeds = computed(() => {
    const { number } = this.language.formats();
    return SPEEDS.map((speed) => ({
      speed,
      words: this.say('presenter.run.times', { speed: number(speed) }),
    }));
  });

  readonly chosen = output<ChosenRun>();
}
